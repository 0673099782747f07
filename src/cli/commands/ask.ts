/** `confirm ask`: posts a request and waits. Exits 0 only when it was accepted, and never after Ctrl-C. */
import { resolve } from "node:path";
import type { Command } from "commander";
import type { AskResult } from "../../enquirer/index.ts";
import { type Context, openEnquirer } from "../context.ts";
import { parseDuration } from "../duration.ts";
import { CliError, EXIT, type Exit } from "../exit.ts";
import { type QuestionOptions, codeTeller, questionOf, withQuestionOptions } from "../question.ts";
import { requireWritable, saveReceipt } from "../receipt-file.ts";
import { exitOf, resultJson, resultText } from "../result.ts";
import type { Run } from "../run.ts";
import { type Stopping, untilStopped } from "../stop-signal.ts";

interface AskOptions extends QuestionOptions {
  readonly timeout: string;
  readonly receipt?: string;
}

export function addAsk(program: Command, run: Run): void {
  withQuestionOptions(program.command("ask"))
    .description("post a request and wait for the answer")
    .option("--timeout <duration>", "give up, and cancel, after this long", "2m")
    .option("--receipt <file>", "write the receipt of the answer here, readable by you alone")
    .addHelpText(
      "after",
      `
Exit codes:
  0 accepted            nothing else is ever 0
  1 rejected            or accepted with another code than --match showed
  2 no answer in time   expired, --timeout, or Ctrl-C, which cancels the request
  3 not deliverable     no such account, refused, or the broker cannot be reached
  4 anything else       mistyped, a signature that does not hold, a device or broker that is not the pinned one

Examples:
  confirm ask bob@example.com "Open pod bay doors" && echo opening
  confirm ask bob@example.com "Grant Administrator" --paragraph "Host: example.net" \\
      --button 15m="Access for 15 minutes" --button 8h="Access for 8 hours" --receipt grant.json`,
    )
    .action((to: string, heading: string | undefined, options: AskOptions) =>
      run((context) => untilStopped((stopping) => ask(context, stopping, to, heading, options), EXIT.noAnswer)),
    );
}

async function ask(
  context: Context,
  { signal, close }: Stopping,
  to: string,
  heading: string | undefined,
  options: AskOptions,
): Promise<Exit> {
  const timeoutMs = parseDuration(options.timeout);
  const question = await questionOf(to, heading, options, codeTeller(context));
  const receiptFile = options.receipt === undefined ? undefined : resolve(options.receipt);
  if (receiptFile !== undefined) await requireWritable(receiptFile);
  const enquirer = await openEnquirer(context);
  if (signal.aborted) throw new CliError(EXIT.noAnswer, "Given up before anybody was asked.", "given_up");
  const posted = await enquirer.post(question);
  const result = await enquirer.wait(posted, { timeoutMs, signal });
  if ("receipt" in result && receiptFile !== undefined) await saveReceipt(receiptFile, result);
  const said: AskResult = (await close()) ? { result: "aborted" } : result;
  context.output.result(resultText(said), resultJson(said, posted.brokerId));
  return exitOf(said);
}
