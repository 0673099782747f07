/**
 * A broker that answers by another key than the pinned one: an alarm, unless the pinned key itself handed over to that key
 * (Appendix A of the design). The new key is adopted only after it signed the answer of this very call.
 */
import { CryptoError, importPublicKey, successorsOf, type VerifyKey } from "../crypto/index.ts";
import type { RequestBody, ResponseBody, Transaction } from "../protocol/index.ts";
import { type CallOptions, callPlain, callSigned, type Credentials } from "./call.ts";
import { ClientError } from "./errors.ts";

/**
 * Calls authenticated, as `callSigned`, and follows the broker to its next key.
 *
 * @param adopt - stores the key that took over; the call's answer waits for it
 * @throws ClientError any code; `wrong_key` where nobody entitled handed over to the key that answers
 */
export async function callFollowing<T extends Transaction>(
  transaction: T,
  body: RequestBody<T>,
  who: Credentials,
  options: CallOptions,
  adopt: (service: VerifyKey) => Promise<void>,
): Promise<ResponseBody<T>> {
  try {
    return await callSigned(transaction, body, who, options);
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== "wrong_key") throw error;
    const service = await successorOf(who.service, options);
    if (service === undefined) throw error;
    const answer = await callSigned(transaction, body, { ...who, service }, options);
    await adopt(service);
    return answer;
  }
}

/** The key that the broker names now, where a chain of handovers leads to it from the pinned one. */
async function successorOf(pinned: VerifyKey, options: CallOptions): Promise<VerifyKey | undefined> {
  const { ServiceKey, ServiceKeyChain = [], NextServiceKey } = await callPlain("Hello", {}, options);
  if (ServiceKey === undefined) return undefined;
  const chain = NextServiceKey === undefined ? ServiceKeyChain : [...ServiceKeyChain, NextServiceKey];
  try {
    const { kid } = await importPublicKey(ServiceKey);
    return (await successorsOf(pinned, chain)).find((key) => key.kid === kid);
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}
