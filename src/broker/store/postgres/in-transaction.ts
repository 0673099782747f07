/**
 * Transactions that write say so: a session of ours only reads otherwise, so that what is sent right behind a BEGIN that
 * failed, as one that an operator cancels, is refused and not done by itself.
 */
import type { Ask } from "./ask.ts";

export const BEGIN = "BEGIN READ WRITE";

/** @throws StoreError, then nothing of it is kept */
export async function inTransaction<T>(ask: Ask, work: () => Promise<T>): Promise<T> {
  await ask(BEGIN);
  try {
    const value = await work();
    await ask("COMMIT");
    return value;
  } catch (error) {
    await ask("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
