/** Results on stdout, everything else on stderr. A stranger's words pass the text gate before a terminal shows them. */
import { gateText } from "../srml/index.ts";

export interface Output {
  /** A result: `text` for a person or a script, `json` with `--json`. */
  result(text: string, json: unknown): void;
  /** Something to know, on stderr. */
  note(text: string): void;
}

/** True where a text has nothing in it that could move a cursor or turn a line around. */
export function isPrintable(text: string): boolean {
  try {
    for (const line of text.split("\n")) if (line !== "") gateText(line, "text");
    return true;
  } catch {
    return false;
  }
}

/** A stranger's words as they may be printed: unchanged, or not at all. */
export function printable(text: string): string {
  return isPrintable(text) ? text : "(a text that a terminal should not show)";
}

/** JSON on one line, in ASCII: the same value to a program, and nothing that a terminal would act on. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

// A reader that went away (`| head`) must not change the exit code.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);

/** The output of this process. */
export function processOutput(json: boolean): Output {
  return {
    result: (text, value) => {
      process.stdout.write(`${json ? jsonLine(value) : text}\n`);
    },
    note: (text) => {
      process.stderr.write(`confirm: ${printable(text)}\n`);
    },
  };
}
