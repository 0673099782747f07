/** A store that cannot be used now, but may well be later, is a matter of trying again: 3, not 4. */
import { CliError, EXIT } from "./exit.ts";

/** @throws CliError `store` where the store is out of reach for now */
export async function passing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { isPassing } = await import("../broker/index.ts");
    if (isPassing(error) && error instanceof Error) throw new CliError(EXIT.undeliverable, error.message, "store");
    throw error;
  }
}
