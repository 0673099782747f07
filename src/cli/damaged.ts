/** Files of the home folder that cannot be read as what they are: named, and left as they are. */
import { CryptoError } from "../crypto/index.ts";
import { ProtocolError } from "../protocol/index.ts";
import { CliError, EXIT } from "./exit.ts";

/**
 * Reads a file of the home folder.
 *
 * @throws CliError `damaged` for a file that `read` does not understand
 */
export async function notDamaged<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ProtocolError) && !(error instanceof CryptoError)) throw error;
    throw new CliError(
      EXIT.failed,
      `${path} is damaged and was left as it is. Restore it from a copy, or move it away to start without it. (${error.message})`,
      "damaged",
    );
  }
}
