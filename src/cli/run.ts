/**
 * Runs one command. The process's exit code is 4 from the start and changes only when the command says how it ended, so
 * that whatever else ends the process is never taken for a yes, nor for a no.
 */
import { type Context, contextOf, type GlobalOptions } from "./context.ts";
import { EXIT, type Exit } from "./exit.ts";
import { failureOf } from "./failure.ts";
import { processOutput } from "./output.ts";

export type Work = (context: Context) => Promise<Exit>;
export type Run = (work: Work) => Promise<void>;

/** Makes the runner for the options that were given before or after the command. */
export function runner(options: () => GlobalOptions, env: NodeJS.ProcessEnv): Run {
  return async (work) => {
    process.exitCode = EXIT.failed;
    try {
      process.exitCode = await work(contextOf(options(), env));
    } catch (error) {
      process.exitCode = report(error, options().json === true);
    }
  };
}

/** Says why there is no result; with `--json` on stdout too. Returns the exit code. */
export function report(error: unknown, json: boolean): Exit {
  const { exit, code, message } = failureOf(error);
  const output = processOutput(json);
  output.note(message);
  if (json) output.result("", { error: code, message });
  return exit;
}
