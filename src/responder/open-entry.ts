/**
 * From stored bytes to what may be shown (design §7, "Verified means"). Called on receipt, again before each showing and
 * again before signing: what is on the screen and what is signed are always made from the same verified bytes.
 */
import { CryptoError, openRequest, type VerifiedProfile, type VerifiedRequest } from "../crypto/index.ts";
import { isJwe, LIMITS, ProtocolError } from "../protocol/index.ts";
import { endorsedDevice, ReceiptError } from "../receipt/index.ts";
import { gateText, parseSrml, type Srml, SrmlError } from "../srml/index.ts";
import type { InboxEntry } from "./inbox-entry.ts";
import { openEnvelope } from "./open-envelope.ts";
import type { ResponderKeys, ResponderPorts } from "./ports.ts";
import { type Refusal, refuse } from "./refusal.ts";

export interface OpenedRequest {
  readonly ok: true;
  readonly request: VerifiedRequest;
  readonly srml: Srml;
  /** Until when it may be answered, in milliseconds since 1970. */
  readonly expires: number;
  /** The new device, where the account's broker asks whether it may answer too; then the text is not for showing. */
  readonly endorses: VerifiedProfile | undefined;
  /** False for a plain draft peer that signs neither EnquirerID nor Expire. */
  readonly dated: boolean;
  /** How many devices the request is encrypted for; 0 for one in clear. */
  readonly encryptedFor: number;
}

/** What is opened of an entry. */
export type Sealed = Pick<InboxEntry, "account" | "broker" | "request" | "postedBy" | "received">;

/**
 * Verifies the request of an entry for its account. An undated one lives 24 hours from when it came, or from its signed Created.
 *
 * @param now - milliseconds since 1970
 * @throws whatever the port of the keys rejects with
 */
export async function openForAccount(
  { keys }: Pick<ResponderPorts, "keys">,
  entry: Sealed,
  now: number,
): Promise<OpenedRequest | Refusal> {
  if (JSON.stringify(entry.request).length > LIMITS.requestBytes) {
    return refuse("malformed", `The request is larger than ${LIMITS.requestBytes} bytes.`);
  }
  let request: VerifiedRequest;
  try {
    const opened = isJwe(entry.request)
      ? await openEnvelope(keys, entry, entry.request, entry.postedBy)
      : await openRequest(entry.request);
    if ("reason" in opened) return opened;
    request = opened;
  } catch (error) {
    return refusalOf(error);
  }
  const judged = await judge(keys, entry, request, now);
  return judged.ok ? judged : { ...judged, sender: request };
}

/** Whether what its sender verifiably signed may be shown. */
async function judge(
  keys: ResponderKeys,
  entry: Sealed,
  request: VerifiedRequest,
  now: number,
): Promise<OpenedRequest | Refusal> {
  const { account, received } = entry;
  let srml: Srml;
  try {
    gateText(request.fromId, "name");
    srml = parseSrml(request.text);
  } catch (error) {
    return refusalOf(error);
  }
  if (request.toId !== account) return refuse("other_account", `The request is addressed to ${request.toId}.`);
  if (request.replyKey !== undefined && !isJwe(entry.request)) {
    return refuse("encryption", "The request asks for an encrypted answer, and came without its envelope.");
  }
  const endorses = await endorsed(keys, entry, request, srml);
  if (endorses !== undefined && "ok" in endorses) return endorses;
  if (request.match !== undefined && srml.buttons.length > 0) {
    return refuse("malformed", "A request that asks for a code has no options: the code is its answer.");
  }
  const dates = checkDates(request, now);
  if (dates !== undefined) return refuse("dates", dates);
  const dated = request.enquirerId !== undefined && request.expire !== undefined;
  // Counted from the sender's date where there is one: else an old request would be new on each new device.
  const undatedEnd = Math.min(received, request.created ?? received) + LIMITS.undatedLifeMs;
  const expires = dated ? request.expire : Math.min(request.expire ?? undatedEnd, undatedEnd);
  const encryptedFor = isJwe(entry.request) ? entry.request.recipients.length : 0;
  return Object.freeze({ ok: true, request, srml, endorses, expires, dated, encryptedFor });
}

/** The device that the broker itself asks about; undefined where the request is about something else. */
async function endorsed(
  keys: ResponderKeys,
  entry: Sealed,
  request: VerifiedRequest,
  { buttons }: Srml,
): Promise<VerifiedProfile | Refusal | undefined> {
  if (request.endorse === undefined) return undefined;
  if (request.signer.kid !== (await keys.serviceKid(entry)) || isJwe(entry.request)) {
    return refuse("unsupported", "Only the account's own broker may ask to let a device in.");
  }
  if (buttons.length > 0) return refuse("unsupported", "A request to let a device in has no options.");
  try {
    const device = await endorsedDevice(request);
    // Where it asks for presence is shown; nothing else of a profile is text.
    gateText(`${device.presence?.rpId ?? ""}${device.presence?.origin ?? ""}`, "name");
    if (device.signingKey.kid !== (await keys.signingKey(entry)).kid) return device;
    return refuse("unsupported", "It is about this device itself, which another one has to answer.");
  } catch (error) {
    if (error instanceof ReceiptError) return refuse("unsupported", error.message);
    return refusalOf(error);
  }
}

function checkDates({ created, expire }: VerifiedRequest, now: number): string | undefined {
  if (created !== undefined && created > now + LIMITS.clockSkewMs) {
    return "The request is dated in the future. Is this machine's clock right?";
  }
  if (expire === undefined) return undefined;
  // Without a Created, the longest life that a request may still have is counted from now.
  const life = expire - (created ?? now);
  return life > LIMITS.lifeMs ? "The request lives longer than 7 days." : undefined;
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof SrmlError) return refuse("text", error.message);
  if (error instanceof ProtocolError) return refuse("malformed", error.message);
  if (error instanceof CryptoError) return refuse("signature", error.message);
  throw error;
}
