/** The history: what ended, as the user sees it later, for how long it is kept, and the receipts of what was answered. */
import { CryptoError, openResponse, requestDigest, type VerifiedResponse } from "../crypto/index.ts";
import { isJwe, type FlattenedJws, type Jws, ProtocolError } from "../protocol/index.ts";
import { type Receipt, ReceiptError, verifyStamp } from "../receipt/index.ts";
import type { Srml } from "../srml/index.ts";
import type { AccountKey, InboxEntry, Trust } from "./inbox-entry.ts";
import type { OpenedRequest } from "./open-entry.ts";
import type { ResponderPorts } from "./ports.ts";
import { openResult, TOLD_MS } from "./results.ts";
import type { ResultView } from "./view.ts";

/** For how long what ended is kept; `off`: no longer than the popup tells it. */
export const KEEPS = ["all", "year", "month", "off"] as const;
export type Keep = (typeof KEEPS)[number];

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const KEPT_MS: Readonly<Record<Keep, number>> = { all: Infinity, year: 366 * DAY, month: 30 * DAY, off: 10 * MINUTE };
/** How many ended requests of an account are kept whole at most; of older ones only the digest. */
export const MOST_ENDED = 500;

/**
 * What a receipt of an answer would take: `receipt`, it can be had here. `encrypted`: the answer can be read by who asked alone.
 * `code`: who asked has the nonce that belongs to the code that was typed.
 */
export type Proof = "receipt" | "encrypted" | "code";

/** A request that is over, or answered. */
export interface PastView {
  readonly result: ResultView;
  readonly received: number;
  /** How the sender was known when the user answered; undefined where that was not kept. */
  readonly trust: Trust | undefined;
  /** What was asked; undefined where it was never shown, or is encrypted and was not opened for this. */
  readonly srml: Srml | undefined;
  readonly encrypted: boolean;
  /** Undefined where there is no answer to an enquirer. */
  readonly proof: Proof | undefined;
}

/** What is over at these accounts, or answered, newest first; encrypted requests stay closed. */
export async function pastRequests(
  ports: ResponderPorts,
  accounts: readonly AccountKey[],
): Promise<readonly PastView[]> {
  const entries = (await Promise.all(accounts.map((account) => ports.storage.list(account)))).flat();
  const newest = entries.sort((a, b) => b.received - a.received).slice(0, MOST_ENDED);
  const views = await Promise.all(newest.map((entry) => viewPast(ports, entry, false)));
  return views.filter((view) => view !== undefined);
}

/** One of them; undefined where it is pending. @param unseals - whether an encrypted one is opened */
export async function viewPast(
  ports: ResponderPorts,
  entry: InboxEntry,
  unseals: boolean,
): Promise<PastView | undefined> {
  const { result, opened } = await openResult(ports, entry, unseals);
  if (result === undefined) return undefined;
  const srml = result.endorses ? undefined : opened?.srml;
  const { received, request, answer } = entry;
  return { result, received, trust: answer?.trust, srml, encrypted: isJwe(request), proof: proofOf(entry, opened) };
}

function proofOf({ answer }: InboxEntry, opened: OpenedRequest | undefined): Proof | undefined {
  if (answer !== undefined && isJwe(answer.jws)) return "encrypted";
  if (answer === undefined || opened === undefined || opened.endorses !== undefined) return undefined;
  return answer.value && opened.request.match !== undefined ? "code" : "receipt";
}

/**
 * The receipt of an answer, which verifies for whoever knows this device; undefined where there is none to be had here. How
 * the enquirer knew the device cannot be known to it, so the least is said of that.
 *
 * @param own.profile - what this device says of itself, with its key for presence
 * @param own.service - the kid of the broker's pinned key: another's stamp is left out
 */
export async function receiptOf(
  ports: ResponderPorts,
  entry: InboxEntry,
  own: { readonly profile: Jws; readonly service: string },
): Promise<Receipt | undefined> {
  const { opened } = await openResult(ports, entry, false);
  const { answer } = entry;
  if (opened === undefined || answer === undefined || isJwe(answer.jws)) return undefined;
  if (proofOf(entry, opened) !== "receipt") return undefined;
  const response = await openedResponse(answer.jws);
  if (response === undefined || (await requestDigest(response.signedRequest)) !== entry.digest) return undefined;
  const isHeld = answer.stamp !== undefined && (await holds(answer.stamp, { ...opened, response }, own.service));
  return {
    BrokerID: entry.brokerId,
    Response: answer.jws,
    Devices: [own.profile],
    Endorsements: [],
    Revocations: [],
    ...(isHeld ? { Stamp: answer.stamp } : {}),
    Trust: "first-use",
  };
}

/** What is stored may have been changed. */
async function openedResponse(answer: Jws): Promise<VerifiedResponse | undefined> {
  try {
    return await openResponse(answer);
  } catch (error) {
    if (error instanceof CryptoError || error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** Whether a stamp would hold with whoever reads the receipt: one that does not makes the whole of it void. */
async function holds(
  stamp: FlattenedJws,
  signed: Parameters<typeof verifyStamp>[1],
  service: string,
): Promise<boolean> {
  try {
    return (await verifyStamp(stamp, signed)).signer.kid === service;
  } catch (error) {
    if (error instanceof ReceiptError) return false;
    throw error;
  }
}

/** Which of the ended requests of an account, oldest first, are to be forgotten now. @param now - milliseconds since 1970 */
export function outlived(ended: readonly InboxEntry[], keep: Keep, now: number): readonly InboxEntry[] {
  const isOver = (entry: InboxEntry): boolean => {
    const { state, answer, received } = entry;
    // What was not shown, or did not count, the popup tells for a day.
    const told = state === "refused" || (state === "delivered" && answer?.delivery !== "accepted") ? TOLD_MS : 0;
    return (answer?.deliveredAt ?? entry.ended ?? received) < now - Math.max(KEPT_MS[keep], told);
  };
  return ended.filter((entry, index) => index < ended.length - MOST_ENDED || isOver(entry));
}
