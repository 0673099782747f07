/**
 * Payload authentication at the broker (design §4): the call's signature, address, date, and that it is new. Whatever is
 * off makes the call unauthenticated, 401, with the reason; nothing of its message is looked at before.
 */
import { CryptoError, openCall, type ReadCall, type VerifyKey } from "../crypto/index.ts";
import { nodePrimitives } from "../node/index.ts";
import { LIMITS, ProtocolError } from "../protocol/index.ts";
import { Refusal } from "./refusal.ts";
import type { Service } from "./service.ts";

export interface AuthenticatedCall {
  readonly caller: VerifyKey;
  readonly payload: Uint8Array;
}

/** The clocks are compared in whole seconds, so a call may be up to one second older than the skew. */
const REMEMBER_MS = LIMITS.clockSkewMs + 1000;

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
  const { store, limiter, held, clock } = service;
  const { caller, jti, issued, payload } = await openCall(call, { urls, now: clock(), held }, nodePrimitives).catch(
    (error: unknown) => {
      if (error instanceof CryptoError || error instanceof ProtocolError) {
        throw new Refusal("not_authenticated", error.message);
      }
      throw error;
    },
  );
  limiter.kid(caller.kid);
  if (!(await store.claimCall({ kid: caller.kid, jti, until: issued + REMEMBER_MS }))) {
    throw new Refusal("replayed", "This very call was made before; a call is signed anew each time it is sent.");
  }
  return { caller, payload };
}
