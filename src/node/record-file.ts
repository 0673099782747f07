/** A small JSON file with one value of a known shape; changed under a lock, written whole. */
import { LIMITS, scanJson, type Shape } from "../protocol/index.ts";
import { readOptionalFile, writePrivateFile } from "./files.ts";
import { withLock } from "./lock.ts";

export interface RecordFile<T> {
  read(): Promise<T>;
  /** Replaces the value by what `change` makes of it; two processes that change at once both count. */
  change(change: (value: T) => T): Promise<void>;
}

/**
 * @param empty - the value where there is no file
 * @throws ProtocolError, from `read` and `change`, for a file of another shape; from `change` also for a value that would
 *   be one, and then the file stays as it was
 */
export function recordFile<T>(path: string, shape: Shape<T>, empty: T): RecordFile<T> {
  const parse = (text: string): T => shape.read(scanJson(text, LIMITS.answerBytes), path);
  const read = async (): Promise<T> => {
    const text = await readOptionalFile(path);
    return text === undefined ? empty : parse(text);
  };
  return {
    read,
    change: (change) =>
      withLock(path, async () => {
        const text = `${JSON.stringify(change(await read()), null, 2)}\n`;
        // What could not be read again would lock its owner out of everything that was there before.
        parse(text);
        await writePrivateFile(path, text);
      }),
  };
}
