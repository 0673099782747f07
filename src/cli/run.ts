/**
 * Runs one command. The process's exit code is 4 from the start and changes only when the command says how it ended, so
 * that whatever else ends the process is never taken for a yes.
 */
import { type Context, contextOf, type GlobalOptions } from "./context.ts";
import { EXIT, type Exit } from "./exit.ts";
import { failureOf } from "./failure.ts";

export type Work = (context: Context, signal: AbortSignal) => Promise<Exit>;
export type Run = (work: Work) => Promise<void>;

/** Makes the runner for the options that were given before or after the command. */
export function runner(options: () => GlobalOptions, env: NodeJS.ProcessEnv): Run {
  return async (work) => {
    process.exitCode = EXIT.failed;
    const context = contextOf(options(), env);
    const controller = new AbortController();
    const stop = (): void => {
      // The second time the user means it.
      if (controller.signal.aborted) process.exit(EXIT.noAnswer);
      controller.abort();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    try {
      process.exitCode = await work(context, controller.signal);
    } catch (error) {
      const { exit, code, message } = failureOf(error);
      context.output.note(message);
      if (context.json) context.output.result("", { error: code, message });
      process.exitCode = exit;
    } finally {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    }
  };
}
