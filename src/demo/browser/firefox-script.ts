/** Runs functions in Firefox's tabs and in its own window; arguments and results travel as JSON. */
import type { BidiConnection } from "./bidi.ts";
import { BrowserError } from "./browser-error.ts";
import { at, textAt } from "./parse-reply.ts";

/** A function as source text that takes a list of JSON texts and returns JSON text, the empty one for undefined. */
function overJson(source: string): string {
  return `async (...args) => JSON.stringify(await (${source})(...args.map((arg) => JSON.parse(arg)))) ?? ""`;
}

/**
 * Calls the function whose source is `source` in a browsing context, as if by a user's gesture, and returns its result
 * as JSON, or the empty text for undefined.
 *
 * @throws {BrowserError} `command` with what the function threw
 */
export async function callIn(
  bidi: BidiConnection,
  context: string,
  source: string,
  args: readonly unknown[],
): Promise<string> {
  const reply = await bidi.send("script.callFunction", {
    functionDeclaration: overJson(source),
    arguments: args.map((arg) => ({ type: "string", value: JSON.stringify(arg ?? null) })),
    target: { context },
    awaitPromise: true,
    userActivation: true,
  });
  if (at(reply, "type") === "success") return textAt(reply, "result", "value");
  throw new BrowserError("command", String(at(reply, "exceptionDetails", "text")));
}
