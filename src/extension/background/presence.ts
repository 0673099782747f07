/**
 * Setting presence up: the settings page has made a WebAuthn credential, and hands over what is public of it. The broker
 * hears of it in a new profile, signed by the device; what is kept is kept after that.
 */
import { ClientError } from "../../client/index.ts";
import { jwkOfSpki } from "../../crypto/index.ts";
import { decodeBase64url, encodeBase64url, type PresenceKey } from "../../protocol/index.ts";
import { extensionUrl } from "../browser.ts";
import type { PresenceFailure, RequestOf, ResponseOf } from "../messages.ts";
import { tellProfile } from "./own-profile.ts";
import type { BrowserResponder } from "./responder.ts";

type Request = RequestOf<"options.setUpPresence">;
type Response = ResponseOf<"options.setUpPresence">;

const PRESENT_AND_VERIFIED = 0b101;

function failed(failure: PresenceFailure, detail = ""): Response {
  return { ok: false, failure, detail };
}

/** Takes a new credential for an account. */
export async function setUpPresence(responder: BrowserResponder, request: Request): Promise<Response> {
  try {
    const data = decodeBase64url(request.authenticatorData);
    if (((data[32] ?? 0) & PRESENT_AND_VERIFIED) !== PRESENT_AND_VERIFIED) return failed("not_verified");
    const Origin = extensionUrl("").replace(/\/$/, "");
    // Chromium hashes the whole origin of an extension where a website has its domain.
    const RpId = await rpIdOf(data, [Origin, Origin.replace(/^.*:\/\//, "")]);
    if (RpId === undefined) return failed("failed");
    const JWK = await jwkOfSpki(decodeBase64url(request.publicKey));
    const key: PresenceKey = { RpId, Origin, CredentialID: request.credentialId, JWK };
    const waits = (await tellProfile(responder, request, key)) === "pending";
    const always = responder.member(request).stored.presence?.always ?? false;
    await responder.setPresence(request, { key, always, waits });
    return { ok: true };
  } catch (error) {
    if (error instanceof ClientError) return failed("broker", error.message);
    return failed("failed", error instanceof Error ? error.message : "");
  }
}

/** The user wants to be asked at every Accept, or not any more; false where nothing is set up. */
export async function alwaysPresence(
  responder: BrowserResponder,
  request: RequestOf<"options.alwaysPresence">,
): Promise<boolean> {
  const { presence } = responder.member(request).stored;
  return presence !== undefined && (await responder.setPresence(request, { ...presence, always: request.always }));
}

async function rpIdOf(data: Uint8Array, candidates: readonly string[]): Promise<string | undefined> {
  const wanted = encodeBase64url(data.slice(0, 32));
  for (const one of candidates) {
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(one));
    if (encodeBase64url(new Uint8Array(hash)) === wanted) return one;
  }
  return undefined;
}
