/**
 * An encrypted request (design §5). Anybody can encrypt for this device, also what somebody else signed for it or for
 * another: so whoever signed inside must be who posted the envelope, and the answer goes to the key that is signed inside.
 */
import { CryptoError, decryptJws, openRequest, TYP, type VerifiedRequest } from "../crypto/index.ts";
import { type Jwe, ProtocolError } from "../protocol/index.ts";
import type { AccountKey } from "./inbox-entry.ts";
import type { ResponderKeys } from "./ports.ts";
import { type Refusal, refuse } from "./refusal.ts";

/**
 * Opens an envelope.
 *
 * @param postedBy - the key of the call that posted it, as the broker says
 * @throws whatever the port of the keys rejects with
 */
export async function openEnvelope(
  keys: ResponderKeys,
  account: AccountKey,
  jwe: Jwe,
  postedBy: string | undefined,
): Promise<VerifiedRequest | Refusal> {
  const key = await keys.decryptionKey(account);
  let request: VerifiedRequest;
  try {
    request = await openRequest(await decryptJws(jwe, TYP.request, key));
  } catch (error) {
    if (error instanceof CryptoError || error instanceof ProtocolError) return refuse("encryption", error.message);
    throw error;
  }
  if (request.signer.kid !== postedBy) {
    return refuse("encryption", "The encrypted request was posted by another key than the one that signed it.");
  }
  if (request.replyKey === undefined) {
    return refuse("encryption", "The encrypted request has no ReplyKey to encrypt the answer to.");
  }
  return request;
}
