/**
 * The file of records that were moved out: JSON lines. Before the records of a chain stands behind which one they begin,
 * and at the end the checkpoint up to which they go.
 */
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import {
  FlattenedJws,
  integer,
  isJsonObject,
  type JsonValue,
  object,
  oneOf,
  ProtocolError,
  scanJson,
  tagged,
  text,
} from "../../protocol/index.ts";
import { AUDIT_EVENTS, type AuditPlace, type AuditRecord } from "../store/index.ts";
import { AuditError } from "./errors.ts";

const LINE_BYTES = 65_536;
const whole = integer(0, Number.MAX_SAFE_INTEGER);
const words = text(0, 200);
const Place = object({ writer: text(1, 64), sequence: whole, hash: words });
const Chain = tagged("chain", Place);
const Checkpoint = tagged("checkpoint", FlattenedJws);
const events = oneOf(...AUDIT_EVENTS);
const Line = object({
  ...{ sequence: whole, at: whole, event: events, request: whole },
  ...{ subject: words, kid: words, value: words, by: words, hash: words },
});

/** One line of the file. */
export type MovedLine =
  | { readonly kind: "chain"; readonly base: AuditPlace }
  | { readonly kind: "record"; readonly record: AuditRecord }
  | { readonly kind: "checkpoint"; readonly checkpoint: FlattenedJws };

/**
 * Reads a file line by line.
 *
 * @throws AuditError `file` where a line is none
 */
export async function* readMoved(path: string): AsyncGenerator<MovedLine> {
  const input = createReadStream(path);
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    yield lineOf(line, `${path}, line ${number}`);
  }
}

function lineOf(line: string, where: string): MovedLine {
  try {
    const json = scanJson(line, LINE_BYTES);
    if (has(json, "chain")) return { kind: "chain", base: Chain.read(json, "line") };
    if (has(json, "checkpoint")) return { kind: "checkpoint", checkpoint: Checkpoint.read(json, "line") };
    return { kind: "record", record: Line.read(json, "line") };
  } catch (error) {
    if (error instanceof ProtocolError)
      throw new AuditError("file", `${where} is not of an audit log: ${error.message}`);
    throw error;
  }
}

const has = (json: JsonValue, name: string): boolean => isJsonObject(json) && Object.hasOwn(json, name);

/** Writes a file; nothing of it counts before `close` has resolved. */
export class MovedFile {
  readonly #path: string;
  readonly #file: FileHandle;
  #lines = "";

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** Makes the file, readable by its owner alone. @throws Error `EEXIST` of the system where it is there */
  static async make(path: string): Promise<MovedFile> {
    return new MovedFile(path, await open(path, "wx", 0o600));
  }

  async write(line: MovedLine): Promise<void> {
    this.#lines += `${JSON.stringify(written(line))}\n`;
    if (this.#lines.length > LINE_BYTES) await this.#flush();
  }

  /** Puts the whole file on the disk, and its name. */
  async close(): Promise<void> {
    await this.#flush();
    await this.#file.sync();
    await this.#file.close();
    const folder = await open(dirname(this.#path), "r");
    await folder.sync().catch(() => undefined);
    await folder.close();
  }

  /** Lets go of a file that is not whole. */
  async abandon(): Promise<void> {
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    await this.#file.writeFile(this.#lines);
    this.#lines = "";
  }
}

function written(line: MovedLine): object {
  switch (line.kind) {
    case "chain":
      return { chain: line.base };
    case "checkpoint":
      return { checkpoint: line.checkpoint };
    case "record":
      return line.record;
  }
}
