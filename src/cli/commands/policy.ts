/** `confirm policy`: whom this account wants to be asked by, as its broker keeps it for all of its devices. */
import type { Command } from "commander";
import { type AccountPolicy, policyEntry, type PolicySet } from "../../protocol/index.ts";
import type { Context } from "../context.ts";
import { chooseDevice } from "../device-home.ts";
import { CliError, EXIT, type Exit } from "../exit.ts";
import { homeLine } from "../home-line.ts";
import { parseKid } from "../kid.ts";
import type { Run } from "../run.ts";

interface PolicyOptions {
  readonly id?: string;
}

type Change = (now: AccountPolicy) => PolicySet;

const WHAT = "a fingerprint, an account such as eve@example.net, or a domain";

export function addPolicy(program: Command, run: Run): void {
  const policy = program
    .command("policy")
    .description("whom your account wants to be asked by; kept by its broker, for all of your devices")
    .addHelpText("after", "\nExample:\n  confirm policy block eve@example.net");
  const command = (name: string, description: string, example: string): Command =>
    policy
      .command(name)
      .description(description)
      .option("--id <account>", "which connected account (default: the only one)")
      .addHelpText("after", `\nExample:\n  confirm policy ${example}`);

  command("show", "the lists, and the senders that have to wait because you rejected them", "show").action(
    (options: PolicyOptions) => run((context) => apply(context, options, undefined)),
  );
  command("block", "take no requests of these senders, also of whoever claims such a name", "block example.net")
    .argument("<entry...>", WHAT)
    .action((entries: readonly string[], options: PolicyOptions) =>
      run((context) =>
        apply(context, options, ({ Block }) => ({ Block: [...new Set([...Block, ...entries.map(policyEntry)])] })),
      ),
    );
  command(
    "allow",
    "put senders on the list that `only on` goes by; a name counts where it is proved",
    "allow example.org",
  )
    .argument("<entry...>", WHAT)
    .action((entries: readonly string[], options: PolicyOptions) =>
      run((context) =>
        apply(context, options, ({ Allow }) => ({ Allow: [...new Set([...Allow, ...entries.map(policyEntry)])] })),
      ),
    );
  command("remove", "take senders off both lists", "remove example.net")
    .argument("<entry...>", WHAT)
    .action((entries: readonly string[], options: PolicyOptions) =>
      run((context) => {
        const named = entries.map(policyEntry);
        const without = (list: readonly string[]): readonly string[] => list.filter((one) => !named.includes(one));
        return apply(context, options, ({ Block, Allow }) => ({ Block: without(Block), Allow: without(Allow) }));
      }),
    );
  command("only", "on: take requests of allowed senders alone; off: of all that are not blocked", "only on")
    .argument("<on|off>", "on: allowed senders alone; off: all that are not blocked")
    .action((word: string, options: PolicyOptions) =>
      run((context) => {
        if (word !== "on" && word !== "off") throw new CliError(EXIT.failed, "Say on or off: confirm policy only on");
        return apply(context, options, () => ({ AllowOnly: word === "on" }));
      }),
    );
  command("lift", "let senders ask again that you rejected", "lift MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL")
    .argument("<kid...>", "their fingerprints")
    .action((kids: readonly string[], options: PolicyOptions) =>
      run((context) => apply(context, options, () => ({ Lift: kids.map(parseKid) }))),
    );
}

async function apply(context: Context, { id }: PolicyOptions, change: Change | undefined): Promise<Exit> {
  const device = await chooseDevice(context, id);
  const { line } = homeLine(context, device);
  const now = await line.policy(device);
  const after = change === undefined ? now : await line.policy(device, change(now));
  context.output.result(policyText(after), after);
  return EXIT.done;
}

function policyText({ Account, Block, Allow, AllowOnly, CoolDowns }: AccountPolicy): string {
  return [
    `${Account} takes requests ${AllowOnly ? "of allowed senders only" : "of all senders that are not blocked"}`,
    ...Block.map((entry) => `  block    ${entry}`),
    ...Allow.map((entry) => `  allow    ${entry}`),
    ...CoolDowns.map(({ Kid, Until }) => `  waiting  ${Kid} until ${Until}, after rejections`),
  ].join("\n");
}
