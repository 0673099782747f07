/** `confirm pins`: the devices that may answer, and the brokers' keys, as this home knows them. */
import { join } from "node:path";
import type { Command } from "commander";
import { type Pins, pinsFile, type RecordFile } from "../../node/index.ts";
import { formatTime, Kid, parseAccount } from "../../protocol/index.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT } from "../exit.ts";
import type { Run } from "../run.ts";

const fileOf = (context: Context): RecordFile<Pins> => pinsFile(join(context.home, "pins.json"));

export function addPins(program: Command, run: Run): void {
  const pins = program.command("pins").description("the devices and brokers that this home trusts");
  pins
    .command("list")
    .description("each pin, and how it came to be")
    .action(() =>
      run(async (context) => {
        const stored = await fileOf(context).read();
        const lines = [
          ...stored.devices.map((pin) => `${pin.kid}  ${pin.account}  ${pin.how}  ${pin.added}`),
          ...stored.services.map((pin) => `${pin.kid}  ${pin.endpoint}  broker  ${pin.added}`),
        ];
        if (lines.length === 0) context.output.note("nothing is pinned");
        if (lines.length > 0 || context.json) context.output.result(lines.join("\n"), stored);
        return EXIT.done;
      }),
    );
  pins
    .command("add")
    .description("trust a device whose fingerprint you compared")
    .argument("<account>", "whose device it is")
    .argument("<kid>", "its fingerprint, from the user's own screen")
    .addHelpText("after", "\nExample:\n  confirm pins add bob@example.com MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL")
    .action((accountText: string, kidText: string) =>
      run(async (context) => {
        const account = parseAccount(accountText).id;
        const kid = Kid.read(kidText.trim().toUpperCase(), "the fingerprint");
        await fileOf(context).change((stored) => ({
          ...stored,
          devices: [
            ...stored.devices.filter((pin) => pin.account !== account || pin.kid !== kid),
            { account, kid, how: "pinned", added: formatTime(Date.now()) },
          ],
        }));
        context.output.result(`pinned ${kid} for ${account}`, { account, kid });
        return EXIT.done;
      }),
    );
  pins
    .command("remove")
    .description("stop trusting a device or a broker's key")
    .argument("<kid>", "its fingerprint")
    .addHelpText("after", "\nExample:\n  confirm pins remove MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL")
    .action((kidText: string) =>
      run(async (context) => {
        const kid = kidText.trim().toUpperCase();
        const before = await fileOf(context).read();
        if (![...before.devices, ...before.services].some((pin) => pin.kid === kid)) {
          throw new CliError(EXIT.failed, `${kid} is not pinned.`);
        }
        await fileOf(context).change((stored) => ({
          devices: stored.devices.filter((pin) => pin.kid !== kid),
          services: stored.services.filter((pin) => pin.kid !== kid),
        }));
        context.output.result(`removed ${kid}`, { kid });
        return EXIT.done;
      }),
    );
}
