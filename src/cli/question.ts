/** The options of `post` and `ask`, and the question that they make. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import type { Question } from "../enquirer/index.ts";
import type { SrmlInput } from "../srml/index.ts";
import { parseDuration } from "./duration.ts";
import { CliError, EXIT } from "./exit.ts";

export interface QuestionOptions {
  readonly textFile?: string;
  readonly paragraph?: readonly string[];
  readonly button?: readonly string[];
  readonly expire?: string;
  readonly pin?: string;
}

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

/** Adds the options to a command. */
export function withQuestionOptions(command: Command): Command {
  return command
    .argument("<account>", "whom to ask, such as bob@example.com")
    .argument("[heading]", "what is asked, in one line")
    .option("--text-file <file>", "read the whole request from a file of SRML instead (- is standard input)")
    .option("--paragraph <text>", "a line of detail below the heading; may be repeated", collect)
    .option("--button <value=label>", "an option to choose from; may be repeated", collect)
    .option("--expire <duration>", "how long it may be answered: 90s, 5m, 2h, 7d", "5m")
    .option("--pin <kid>", "the fingerprint of the only device that may answer");
}

/** @throws CliError usage */
export async function questionOf(to: string, heading: string | undefined, options: QuestionOptions): Promise<Question> {
  return {
    to,
    request: await textOf(heading, options),
    lifeMs: parseDuration(options.expire ?? "5m"),
    trustOnFirstUse: true,
    ...(options.pin === undefined ? {} : { pin: options.pin }),
  };
}

async function textOf(heading: string | undefined, options: QuestionOptions): Promise<SrmlInput | string> {
  const { textFile } = options;
  const parts = heading ?? options.paragraph ?? options.button;
  if (textFile !== undefined) {
    if (parts !== undefined) throw new CliError(EXIT.failed, "Give either --text-file or a heading, not both.");
    return readFile(textFile === "-" ? "/dev/stdin" : textFile, "utf8").catch(() => {
      throw new CliError(EXIT.failed, `${textFile} cannot be read.`);
    });
  }
  if (heading === undefined)
    throw new CliError(EXIT.failed, 'Say what is asked: confirm ask bob@example.com "Open pod bay doors"');
  return {
    heading,
    paragraphs: options.paragraph ?? [],
    buttons: (options.button ?? []).map(buttonOf),
  };
}

function buttonOf(text: string): { readonly value?: string; readonly label: string } {
  const at = text.indexOf("=");
  return at === -1 ? { label: text } : { value: text.slice(0, at), label: text.slice(at + 1) };
}
