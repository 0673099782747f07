/** `confirm status`: how a request that was posted from here stands. */
import type { Command } from "commander";
import { openEnquirer } from "../context.ts";
import { CliError, EXIT } from "../exit.ts";
import { resultJson, resultText } from "../result.ts";
import type { Run } from "../run.ts";

interface StatusOptions {
  readonly wait?: string;
  readonly cancel?: boolean;
}

export function addStatus(program: Command, run: Run): void {
  program
    .command("status")
    .description("how a posted request stands; it verifies an answer before it believes it")
    .argument("<brokerid>", "what `confirm post` printed")
    .option("--wait <seconds>", "wait so long for a change (0 to 60)", "0")
    .option("--cancel", "abandon the request")
    .addHelpText("after", "\nExample:\n  confirm status RBKXX-2Q7AB-ZQK2N-5VEIR-4W2LM-OXJ7D --wait 30")
    .action((brokerId: string, options: StatusOptions) =>
      run(async (context) => {
        const wait = Number(options.wait ?? "0");
        if (!Number.isInteger(wait) || wait < 0 || wait > 60)
          throw new CliError(EXIT.failed, "--wait is 0 to 60 seconds.");
        const enquirer = await openEnquirer(context);
        const posted = await enquirer.posted(brokerId);
        if (posted === undefined) throw new CliError(EXIT.failed, `${brokerId} was not posted from ${context.home}.`);
        const more = options.cancel === true ? { Cancel: true } : { Wait: wait };
        const result = await enquirer.status(posted, more);
        if (result === undefined) context.output.result("pending", { result: "pending" });
        else context.output.result(resultText(result), resultJson(result));
        return EXIT.done;
      }),
    );
}
