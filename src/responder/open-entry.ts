/**
 * From stored bytes to what may be shown (design §7, "Verified means"). Called on receipt, again before each showing and
 * again before signing: what is on the screen and what is signed are always made from the same verified bytes.
 */
import { CryptoError, type Demand, openRequest, type VerifiedProfile, type VerifiedRequest } from "../crypto/index.ts";
import { type Jws, LIMITS, ProtocolError } from "../protocol/index.ts";
import { gateText, parseSrml, type Srml, SrmlError } from "../srml/index.ts";
import { endorsedDevice, ReceiptError } from "../receipt/index.ts";
import type { RefusalReason } from "./inbox-entry.ts";

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
}

export interface Refusal {
  readonly ok: false;
  readonly reason: RefusalReason;
  /** A sentence for whoever looks into it. */
  readonly detail: string;
}

/**
 * Verifies a request for an account.
 *
 * @param when.received - when it came; an undated request lives 24 hours from then, or from its signed Created
 * @param when.now - milliseconds since 1970
 * @param when.service - the kid of the key that the account's broker is pinned by; nobody else may ask for an endorsement
 * @param when.supports - the demands that the screen can meet
 */
export async function openForAccount(
  jws: Jws,
  account: string,
  when: {
    readonly received: number;
    readonly now: number;
    readonly service: string;
    readonly supports: readonly Demand[] | undefined;
  },
): Promise<OpenedRequest | Refusal> {
  if (JSON.stringify(jws).length > LIMITS.requestBytes) {
    return refuse("malformed", `The request is larger than ${LIMITS.requestBytes} bytes.`);
  }
  let request: VerifiedRequest;
  let srml: Srml;
  try {
    request = await openRequest(jws);
    gateText(request.fromId, "name");
    srml = parseSrml(request.text);
  } catch (error) {
    return refusalOf(error);
  }
  if (request.toId !== account) return refuse("other_account", `The request is addressed to ${request.toId}.`);
  if (request.replyKey !== undefined)
    return refuse("unsupported", "The request needs an encrypted answer, which is not supported here.");
  const endorses = await endorsed(request, srml, when.service);
  if (endorses !== undefined && "ok" in endorses) return endorses;
  const demand = request.demands.find((one) => one !== "Endorse" && when.supports?.includes(one) !== true);
  if (demand !== undefined) return refuse("unsupported", `The request needs ${demand}, which is not supported here.`);
  if (request.match !== undefined && srml.buttons.length > 0) {
    return refuse("malformed", "A request that asks for a code has no options: the code is its answer.");
  }
  const dates = checkDates(request, when.now);
  if (dates !== undefined) return refuse("dates", dates);
  const dated = request.enquirerId !== undefined && request.expire !== undefined;
  // Counted from the sender's date where there is one: else an old request would be new on each new device.
  const undatedEnd = Math.min(when.received, request.created ?? when.received) + LIMITS.undatedLifeMs;
  const expires = dated ? (request.expire ?? undatedEnd) : Math.min(request.expire ?? undatedEnd, undatedEnd);
  return Object.freeze({ ok: true, request, srml, endorses, expires, dated });
}

/** The device that the broker itself asks about; undefined where the request is about something else. */
async function endorsed(
  request: VerifiedRequest,
  { buttons }: Srml,
  service: string,
): Promise<VerifiedProfile | Refusal | undefined> {
  if (request.endorse === undefined) return undefined;
  if (request.signer.kid !== service) {
    return refuse("unsupported", "Only the account's own broker may ask to let a device in.");
  }
  if (buttons.length > 0) return refuse("unsupported", "A request to let a device in has no options.");
  try {
    return await endorsedDevice(request);
  } catch (error) {
    if (error instanceof ReceiptError) return refuse("unsupported", error.message);
    throw error;
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

function refuse(reason: RefusalReason, detail: string): Refusal {
  return Object.freeze({ ok: false, reason, detail });
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof SrmlError) return refuse("text", error.message);
  if (error instanceof ProtocolError) return refuse("malformed", error.message);
  if (error instanceof CryptoError) return refuse("signature", error.message);
  throw error;
}
