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
 * @throws ProtocolError, from `read` and `change`, for a file of another shape
 */
export function recordFile<T>(path: string, shape: Shape<T>, empty: T): RecordFile<T> {
  const read = async (): Promise<T> => {
    const text = await readOptionalFile(path);
    return text === undefined ? empty : shape.read(scanJson(text, LIMITS.answerBytes), path);
  };
  return {
    read,
    change: (change) =>
      withLock(path, async () => {
        await writePrivateFile(path, `${JSON.stringify(change(await read()), null, 2)}\n`);
      }),
  };
}
