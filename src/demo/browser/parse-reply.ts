/** Reads what Firefox answers over BiDi. It is our own browser's word: only what is used is looked at. */
import { BrowserError } from "./browser-error.ts";

export interface Reply {
  /** Undefined in an event. */
  readonly id: number | undefined;
  readonly result: unknown;
  readonly error: string | undefined;
}

/** Reads one message of the browser. */
export function parseReply(text: string): Reply {
  const { id, type, result, error, message } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return {
    id: typeof id === "number" ? id : undefined,
    result,
    error: type === "error" ? `${String(error)}: ${String(message)}` : undefined,
  };
}

/** Walks a result by member names and array indices; undefined where there is nothing. */
export function at(result: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === "object" && value !== null
        ? (value as Readonly<Record<string | number, unknown>>)[name]
        : undefined,
    result,
  );
}

/**
 * As {@link at}, for a member that must be a string.
 *
 * @throws {BrowserError} `command`
 */
export function textAt(result: unknown, ...path: readonly (string | number)[]): string {
  const found = at(result, ...path);
  if (typeof found !== "string")
    throw new BrowserError("command", `No ${path.join(".")} in ${JSON.stringify(result)}.`);
  return found;
}

/**
 * Calls a function of our own elsewhere: `run` gets its source and answers with its result as JSON, the empty text for
 * undefined.
 */
export async function callElsewhere<Script extends (...args: never) => unknown>(
  script: Script,
  run: (source: string) => Promise<string>,
): Promise<Awaited<ReturnType<Script>>> {
  const json = await run(script.toString());
  return (json === "" ? undefined : JSON.parse(json)) as Awaited<ReturnType<Script>>;
}
