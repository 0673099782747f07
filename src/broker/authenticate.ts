/**
 * Payload authentication at the broker (design §4): the call's signature, address, date, and that it is new. Whatever is
 * off makes the call unauthenticated, 401, with the reason; nothing of its message is looked at before.
 */
import { CryptoError, openCall, type ReadCall, type VerifyKey } from "../crypto/index.ts";
import { nodePrimitives } from "../node/index.ts";
import { LIMITS, ProtocolError, scanJson, type Transaction, transactionOf } from "../protocol/index.ts";
import { Refusal } from "./refusal.ts";
import type { Service } from "./service.ts";
import { type Call, isFull } from "./store/index.ts";

export interface AuthenticatedCall {
  readonly caller: VerifyKey;
  readonly payload: Uint8Array;
}

/** The clocks are compared in whole seconds, so a call may be up to one second older than the skew. */
const REMEMBER_MS = LIMITS.clockSkewMs + 1000;

/** What only reads; a cancellation among the last fails on its own, or is durable. */
const READS: ReadonlySet<Transaction> = new Set(["Hello", "Pending", "Profile", "Subscribe", "Status"]);

/**
 * Authenticates a call and remembers it.
 *
 * @param urls - the addresses that it may be signed for
 * @throws Refusal `not_authenticated`, `replayed`, `too_many`; StoreError
 */
export async function authenticate(
  call: ReadCall,
  urls: readonly string[],
  service: Service,
): Promise<AuthenticatedCall> {
  const { limiter, held, clock } = service;
  const { caller, jti, issued, payload } = await openCall(call, { urls, now: clock(), held }, nodePrimitives).catch(
    (error: unknown) => {
      if (error instanceof CryptoError || error instanceof ProtocolError) {
        throw new Refusal("not_authenticated", error.message);
      }
      throw error;
    },
  );
  limiter.kid(caller.kid);
  if (!(await isFirst({ kid: caller.kid, jti, until: issued + REMEMBER_MS }, payload, service))) {
    throw new Refusal("replayed", "This very call was made before; a call is signed anew each time it is sent.");
  }
  return { caller, payload };
}

/** Whether a call was not made before. A store without room remembers none, but one that only reads is let through. */
async function isFirst(call: Call, payload: Uint8Array, { store, seen, policy }: Service): Promise<boolean> {
  if (seen.has(call)) return false;
  try {
    return await store.claimCall(call);
  } catch (error) {
    const transaction = isFull(error) ? transactionOf(scanJson(payload, policy.messageBytes)) : undefined;
    if (transaction === undefined || !READS.has(transaction) || !seen.add(call)) throw error;
    return true;
  }
}
