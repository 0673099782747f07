/** `confirm pins`: the devices that may answer, and the brokers' keys, as this home knows them. */
import type { Command } from "commander";
import { type Pins, pinsFile, type RecordFile } from "../../node/index.ts";
import { parseAccount } from "../../protocol/index.ts";
import { type Context, openEnquirer, pinsPath } from "../context.ts";
import { notDamaged } from "../damaged.ts";
import { CliError, EXIT } from "../exit.ts";
import { parseKid } from "../kid.ts";
import type { Run } from "../run.ts";

const fileOf = (context: Context): RecordFile<Pins> => pinsFile(pinsPath(context.home));

/** Reads or changes the pins; a damaged file stays as it is. */
const guarded = <T>(context: Context, work: (file: RecordFile<Pins>) => Promise<T>): Promise<T> =>
  notDamaged(pinsPath(context.home), () => work(fileOf(context)));

export function addPins(program: Command, run: Run): void {
  const pins = program
    .command("pins")
    .description("the devices and brokers that this home trusts")
    .addHelpText("after", "\nExample:\n  confirm pins list");
  pins
    .command("list")
    .description("each pin, and how it came to be: pinned (you compared it), first-use, or broker (a broker's key)")
    .addHelpText("after", "\nExample:\n  confirm pins list --json")
    .action(() =>
      run(async (context) => {
        const stored = await guarded(context, (file) => file.read());
        const lines = [
          ...stored.devices.map((pin) => `${pin.kid}  ${pin.account}  ${pin.how}  ${pin.added}`),
          ...stored.presence.map((pin) => `${pin.kid}  ${pin.account}  presence, ${pin.how}  ${pin.added}`),
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
    .option("--presence <kid>", "the fingerprint of its key for fingerprint or PIN, from the same screen")
    .addHelpText("after", "\nExample:\n  confirm pins add bob@example.com MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL")
    .action((accountText: string, kidText: string, options: { readonly presence?: string }) =>
      run(async (context) => {
        const account = parseAccount(accountText).id;
        const kid = parseKid(kidText);
        const enquirer = await openEnquirer(context);
        const presence = options.presence === undefined ? {} : { presence: parseKid(options.presence) };
        await enquirer.pin(account, kid, presence);
        context.output.result(`pinned ${kid} for ${account}`, { account, kid, ...presence });
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
        const kid = parseKid(kidText);
        const before = await guarded(context, (file) => file.read());
        if (![...before.devices, ...before.presence, ...before.services].some((pin) => pin.kid === kid)) {
          throw new CliError(EXIT.failed, `${kid} is not pinned.`);
        }
        await guarded(context, (file) =>
          file.change((stored) => ({
            ...stored,
            devices: stored.devices.filter((pin) => pin.kid !== kid),
            presence: stored.presence.filter((pin) => pin.kid !== kid && pin.device !== kid),
            services: stored.services.filter((pin) => pin.kid !== kid),
          })),
        );
        context.output.result(`removed ${kid}`, { kid });
        return EXIT.done;
      }),
    );
}
