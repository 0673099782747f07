/** The options of `post` and `ask`, and the question that they make. Refuses what is no text before it is a question. */
import { createReadStream } from "node:fs";
import type { Command } from "commander";
import type { Question } from "../enquirer/index.ts";
import { LIMITS } from "../protocol/index.ts";
import type { SrmlInput } from "../srml/index.ts";
import type { Context } from "./context.ts";
import { parseDuration } from "./duration.ts";
import { CliError, EXIT } from "./exit.ts";
import { parseKid } from "./kid.ts";

export interface QuestionOptions {
  readonly textFile?: string;
  readonly paragraph?: readonly string[];
  readonly button?: readonly string[];
  readonly expire?: string;
  readonly pin?: string;
  readonly match?: boolean;
  readonly presence?: boolean;
  readonly encrypt?: boolean;
}

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

/** Adds the options to a command. */
export function withQuestionOptions(command: Command): Command {
  return command
    .argument("<account>", "whom to ask, such as bob@example.com")
    .argument("[heading]", "what is asked, in one line")
    .option("--text-file <file>", "read the whole request from a file of SRML instead (- is standard input)")
    .option("--paragraph <text>", "a line of detail below the heading; up to 16 times", collect)
    .option(
      "--button <value=label>",
      "an option to choose from; without value= it is its label; up to 8 times",
      collect,
    )
    .option("--match", "show a code of six digits on standard error; the user must type it to accept")
    .option(
      "--presence",
      "demand that the user gives a fingerprint or PIN to accept, which their device must have set up",
    )
    .option("--expire <duration>", "how long it may be answered: 90s, 5m, 2h, at most 7d", "5m")
    .option(
      "--pin <kid>",
      "the fingerprint of the only device that may answer (default: the stored pins, else first use)",
    )
    .option("--encrypt", "let nobody but the devices that may answer read it, the broker included");
}

/**
 * @param onMatchCode - told the code that the user is to type
 * @throws CliError usage
 */
export async function questionOf(
  to: string,
  heading: string | undefined,
  options: QuestionOptions,
  onMatchCode: (code: string) => void,
): Promise<Question> {
  return {
    to,
    request: await textOf(heading, options),
    lifeMs: parseDuration(options.expire ?? "5m"),
    trustOnFirstUse: true,
    ...(options.match === true ? { match: true, onMatchCode } : {}),
    ...(options.presence === true ? { presence: true } : {}),
    ...(options.pin === undefined ? {} : { pin: parseKid(options.pin) }),
    ...(options.encrypt === true ? { encrypt: true } : {}),
  };
}

/** How the code is told: on standard error, so that a script's output stays its own. */
export function codeTeller({ output }: Context): (code: string) => void {
  return (code) => {
    output.note(`the code is ${code}: the user types it to accept`);
  };
}

async function textOf(heading: string | undefined, options: QuestionOptions): Promise<SrmlInput | string> {
  const { textFile } = options;
  const parts = heading ?? options.paragraph ?? options.button;
  if (textFile !== undefined) {
    if (parts !== undefined) throw new CliError(EXIT.failed, "Give either --text-file or a heading, not both.");
    return readText(textFile);
  }
  if (heading === undefined) {
    throw new CliError(EXIT.failed, 'Say what is asked: confirm ask bob@example.com "Open pod bay doors"');
  }
  return {
    heading,
    paragraphs: options.paragraph ?? [],
    buttons: (options.button ?? []).map(buttonOf),
  };
}

/** Reads no more than a request can be, and refuses what is not UTF-8 instead of repairing it. */
async function readText(file: string): Promise<string> {
  const name = file === "-" ? "Standard input" : file;
  const stream: AsyncIterable<unknown> = file === "-" ? process.stdin : createReadStream(file);
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of stream) {
      if (!Buffer.isBuffer(piece)) continue;
      pieces.push(piece);
      size += piece.length;
      if (size > LIMITS.requestBytes) break;
    }
  } catch {
    throw new CliError(EXIT.failed, `${name} cannot be read.`);
  }
  if (size > LIMITS.requestBytes) throw new CliError(EXIT.failed, `${name} is too long for a request.`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(pieces));
  } catch {
    throw new CliError(EXIT.failed, `${name} is not UTF-8.`);
  }
}

function buttonOf(text: string): { readonly value?: string; readonly label: string } {
  const at = text.indexOf("=");
  return at === -1 ? { label: text } : { value: text.slice(0, at), label: text.slice(at + 1) };
}
