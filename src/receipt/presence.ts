/**
 * A proof of presence (design §7): an authenticator asked the user for a fingerprint, a PIN or the like, and signed over the
 * answer's payload. A WebAuthn assertion (WebAuthn §7.2), verified without a server.
 */
import { CryptoError, type PresenceKey, verifyDer, webPrimitives } from "../crypto/index.ts";
import {
  decodeBase64url,
  encodeBase64url,
  isJsonObject,
  LIMITS,
  type PresenceAssertion,
  ProtocolError,
  scanJson,
} from "../protocol/index.ts";
import { ReceiptError } from "./errors.ts";

/** RP ID hash, flags, counter; what an authenticator adds to that is signed with it, and not looked at. */
const LEAST_BYTES = 37;
/** User present, user verified: both (WebAuthn §6.1). */
const PRESENT = 0b001;
const VERIFIED = 0b100;

/** What an authenticator signs over: base64url(SHA-256(payload)), of the payload as it stands in the answer. */
export async function presenceChallenge(payload: Uint8Array<ArrayBuffer>): Promise<string> {
  return webPrimitives.sha256(payload);
}

/**
 * Verifies a proof of presence.
 *
 * @param payload - the bytes of the answer's payload
 * @param key - the key that must have signed it; whether that key counts is for the caller
 * @throws ReceiptError `presence`
 */
export async function verifyPresence(
  assertion: PresenceAssertion,
  payload: Uint8Array<ArrayBuffer>,
  { rpId, origin, credentialId, key }: PresenceKey,
): Promise<void> {
  if (assertion.CredentialID !== credentialId) throw wrong("is by another credential");
  const client = bytesOf(assertion.ClientDataJSON);
  const data = bytesOf(assertion.AuthenticatorData);
  const said = clientData(client);
  if (said["type"] !== "webauthn.get") throw wrong("is no assertion");
  if (said["challenge"] !== (await presenceChallenge(payload))) throw wrong("is over another answer");
  if (said["origin"] !== origin) throw wrong("was made at another place");
  if (said["crossOrigin"] === true || said["topOrigin"] !== undefined) throw wrong("was made in a frame");
  if (data.length < LEAST_BYTES) throw wrong("is cut off");
  const rpIdHash = encodeBase64url(data.slice(0, 32));
  if (rpIdHash !== (await webPrimitives.sha256(rpId))) throw wrong("is for another party");
  const flags = data[32] ?? 0;
  if ((flags & PRESENT) === 0) throw wrong("says that nobody was there");
  if ((flags & VERIFIED) === 0) throw wrong("says that nobody was asked for a fingerprint or PIN");
  const signed = new Uint8Array([...data, ...decodeBase64url(await webPrimitives.sha256(client))]);
  try {
    await verifyDer(bytesOf(assertion.Signature), signed, key);
  } catch (error) {
    if (error instanceof CryptoError) throw wrong("does not fit: it was changed, or made with another key");
    throw error;
  }
}

function bytesOf(encoded: string): Uint8Array<ArrayBuffer> {
  return readable(() => decodeBase64url(encoded));
}

function clientData(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const json = readable(() => scanJson(bytes, LIMITS.messageBytes));
  if (!isJsonObject(json)) throw wrong("is not readable");
  return json;
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError) throw wrong("is not readable");
    throw error;
  }
}

function wrong(what: string): ReceiptError {
  return new ReceiptError("presence", `The proof of presence ${what}.`);
}
