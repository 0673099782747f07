/** `confirm ask`: posts a request and waits. Exits 0 only when it was accepted. */
import { access, constants } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { writePrivateFile } from "../../node/index.ts";
import { writeReceipt } from "../../receipt/index.ts";
import { openEnquirer } from "../context.ts";
import { parseDuration } from "../duration.ts";
import { CliError, EXIT } from "../exit.ts";
import { type QuestionOptions, questionOf, withQuestionOptions } from "../question.ts";
import { exitOf, resultJson, resultText } from "../result.ts";
import type { Run } from "../run.ts";

interface AskOptions extends QuestionOptions {
  readonly timeout?: string;
  readonly receipt?: string;
}

export function addAsk(program: Command, run: Run): void {
  withQuestionOptions(program.command("ask"))
    .description("post a request and wait for the answer")
    .option("--timeout <duration>", "give up, and cancel, after this long", "2m")
    .option("--receipt <file>", "write the receipt of the answer here")
    .addHelpText(
      "after",
      `
Exit codes:
  0 accepted   1 rejected   2 no answer in time   3 refused or not deliverable   4 usage, internal, bad signature

Examples:
  confirm ask bob@example.com "Open pod bay doors" && open-doors
  confirm ask bob@example.com "Grant Administrator" --paragraph "Host: example.net" \\
      --button 15m="Access for 15 minutes" --button 8h="Access for 8 hours" --receipt grant.json`,
    )
    .action((to: string, heading: string | undefined, options: AskOptions) =>
      run(async (context, signal) => {
        const timeoutMs = parseDuration(options.timeout ?? "2m");
        const question = await questionOf(to, heading, options);
        if (options.receipt !== undefined) await requireWritable(options.receipt);
        const enquirer = await openEnquirer(context);
        const result = await enquirer.ask(question, { timeoutMs, signal });
        if ("receipt" in result && options.receipt !== undefined) {
          await writePrivateFile(resolve(options.receipt), writeReceipt(result.receipt));
        }
        context.output.result(resultText(result), resultJson(result));
        return exitOf(result);
      }),
    );
}

/** A receipt that cannot be written is noticed before anybody is asked. */
async function requireWritable(file: string): Promise<void> {
  const folder = dirname(resolve(file));
  await access(folder, constants.W_OK).catch(() => {
    throw new CliError(EXIT.failed, `The receipt cannot be written: ${folder} is not there, or not writable.`);
  });
}
