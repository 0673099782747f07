/**
 * Recovery (design §6): all devices of an account are lost. The operator revokes them by the service key, so that every
 * enquirer that pinned one is told, and gives out a code; the first device that connects with it is active.
 */
import { newConnectCode, type SigningKey, signRevocation } from "../crypto/index.ts";
import { LIMITS } from "../protocol/index.ts";
import type { Settled, Store } from "./store/index.ts";

export interface Recovered {
  /** Sixteen Base32 capitals. */
  readonly code: string;
  /** The kids that are revoked now and were not before. */
  readonly revoked: readonly string[];
  readonly settled: readonly Settled[];
}

/**
 * Recovers an account.
 *
 * @param key - the service's
 * @param now - milliseconds since 1970
 * @returns undefined where there is no such account
 */
export async function recoverAccount(
  store: Store,
  key: SigningKey,
  account: string,
  now: number,
): Promise<Recovered | undefined> {
  const code = newConnectCode();
  for (;;) {
    const living = (await store.devices(account)).filter(({ state }) => state !== "revoked").map(({ kid }) => kid);
    const revocations = await Promise.all(
      living.map(async (kid) => ({ kid, jws: await signRevocation(key, { account, kid, created: now }) })),
    );
    const outcome = await store.recoverAccount({
      account,
      revocations,
      code,
      now,
      expires: now + LIMITS.connectCodeMs,
    });
    if (outcome.kind === "unknown_account") return undefined;
    if (outcome.kind === "recovered") return { code, revoked: living, settled: outcome.settled };
  }
}
