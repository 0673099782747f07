/**
 * Asks the user's authenticator, by the browser, for a fingerprint, a PIN or the like over an answer. What comes back is
 * handed on as it is: whether it proves anything is for the background.
 */
import { decodeBase64url, encodeBase64url } from "../../protocol/index.ts";
import type { PresencePrompt, PresenceProof } from "../../responder/index.ts";

const PROMPT_MS = 60_000;

/** The proof; undefined where the user cancelled, let the time pass, or has no authenticator that asks. */
export async function provePresence({
  challenge,
  credentialId,
  created,
}: PresencePrompt): Promise<PresenceProof | undefined> {
  const publicKey: PublicKeyCredentialRequestOptions = {
    challenge: decodeBase64url(challenge),
    allowCredentials: [{ type: "public-key", id: decodeBase64url(credentialId) }],
    userVerification: "required",
    timeout: PROMPT_MS,
  };
  const credential = await navigator.credentials.get({ publicKey }).catch(() => null);
  if (!(credential instanceof PublicKeyCredential)) return undefined;
  const { rawId, response } = credential;
  if (!(response instanceof AuthenticatorAssertionResponse)) return undefined;
  const text = (bytes: ArrayBuffer): string => encodeBase64url(new Uint8Array(bytes));
  const assertion = {
    CredentialID: text(rawId),
    AuthenticatorData: text(response.authenticatorData),
    ClientDataJSON: text(response.clientDataJSON),
    Signature: text(response.signature),
  };
  return { created, assertion };
}
