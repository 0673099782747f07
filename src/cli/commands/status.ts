/** `confirm status`: how a request that was posted from here stands. */
import type { Command } from "commander";
import { LIMITS } from "../../protocol/index.ts";
import { openEnquirer } from "../context.ts";
import { notDamaged } from "../damaged.ts";
import { CliError, EXIT } from "../exit.ts";
import { resultJson, resultText } from "../result.ts";
import type { Run } from "../run.ts";

interface StatusOptions {
  readonly wait: string;
  readonly cancel?: boolean;
}

export function addStatus(program: Command, run: Run): void {
  program
    .command("status")
    .description("how a posted request stands; an answer is verified before it is believed, and any answer exits 0")
    .argument("<brokerid>", "what `confirm post` printed")
    .option("--wait <seconds>", "wait so long for an answer, 0 to 60", "0")
    .option("--cancel", "cancel the request; an answer that is there already stays")
    .addHelpText("after", "\nExample:\n  confirm status RBKXX-2Q7AB-ZQK2N-5VEIR-4W2LM-OXJ7D --wait 30")
    .action((brokerId: string, options: StatusOptions) =>
      run(async (context) => {
        const wait = parseWait(options.wait);
        const enquirer = await openEnquirer(context);
        const posted = await notDamaged(`What ${context.home} keeps of ${brokerId}`, () => enquirer.posted(brokerId));
        if (posted === undefined) throw new CliError(EXIT.failed, `${brokerId} was not posted from ${context.home}.`);
        const more = options.cancel === true ? { Cancel: true } : { Wait: wait };
        const result = await enquirer.status(posted, more);
        if (result === undefined) context.output.result("pending", { result: "pending", brokerId });
        else context.output.result(resultText(result), resultJson(result, brokerId));
        return EXIT.done;
      }),
    );
}

function parseWait(text: string): number {
  const seconds = /^\d{1,2}$/.test(text) ? Number(text) : Infinity;
  if (seconds > LIMITS.waitSeconds) throw new CliError(EXIT.failed, "--wait is 0 to 60 seconds.");
  return seconds;
}
