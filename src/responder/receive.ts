/**
 * A request comes in (design §7): stored first, then verified, so that a crash in between loses nothing. What does not
 * verify is kept with its reason and never presented; a digest that was seen before is not taken again.
 */
import { jweDigest, requestDigest } from "../crypto/index.ts";
import { isJwe, LIMITS, type RequestEntry } from "../protocol/index.ts";
import type { AccountKey, InboxEntry } from "./inbox-entry.ts";
import { openForAccount, type OpenedRequest } from "./open-entry.ts";
import { openEnvelope } from "./open-envelope.ts";
import type { ResponderPorts } from "./ports.ts";
import { isTold } from "./refusal.ts";
import { makeRoom } from "./room.ts";
import { isDevice, isVouched } from "./who.ts";

/**
 * Takes an entry from the account's broker.
 *
 * @returns the entry as stored now; undefined for an entry that cannot be named (no BrokerID), was known before, or finds no room
 */
export async function receive(
  ports: ResponderPorts,
  account: AccountKey,
  entry: RequestEntry,
): Promise<InboxEntry | undefined> {
  if (entry.BrokerID === undefined) return undefined;
  const digest = await nameOf(ports, account, entry);
  if ((await ports.storage.get(account, digest)) !== undefined) return undefined;
  if (!(await makeRoom(ports, account))) return undefined;
  const now = ports.clock();
  const received: InboxEntry = {
    ...account,
    digest,
    brokerId: entry.BrokerID,
    request: entry.Request,
    state: "received",
    received: now,
    expires: now + LIMITS.undatedLifeMs,
    endorses: false,
    vouched: false,
    tell: false,
    postedBy: entry.PostedBy,
    sequence: entry.Sequence,
  };
  if (!(await ports.storage.insert(received))) return undefined;
  return verifyReceived(ports, received);
}

/**
 * The digest of the signed request, so that the same one is never shown twice, under another envelope either. An envelope
 * that does not open, or is not by the signer, is named by itself: nobody can spoil a request by wrapping it once more.
 */
async function nameOf(
  ports: ResponderPorts,
  account: AccountKey,
  { Request, PostedBy }: RequestEntry,
): Promise<string> {
  if (!isJwe(Request)) return requestDigest(Request);
  const opened = await openEnvelope(ports.keys, account, Request, PostedBy);
  return "reason" in opened ? jweDigest(Request) : opened.digest;
}

/**
 * Moves a received entry on: to `verified`, or to `refused` or `expired`. Also what is left of a crash.
 *
 * @returns the entry as stored now, whoever moved it
 */
export async function verifyReceived(ports: ResponderPorts, entry: InboxEntry): Promise<InboxEntry> {
  const now = ports.clock();
  const opened = await openForAccount(ports, entry, now);
  const isOver = opened.ok && opened.expires <= now;
  const next: InboxEntry = opened.ok
    ? {
        ...entry,
        state: isOver ? "expired" : "verified",
        expires: opened.expires,
        endorses: opened.endorses !== undefined,
        vouched: !isOver && (await vouchedFor(ports, opened, entry)),
        ended: isOver ? now : undefined,
      }
    : {
        ...entry,
        state: "refused",
        refusal: { reason: opened.reason, detail: opened.detail },
        tell: await isTold(ports.pins, opened),
        ended: now,
      };
  if (await ports.storage.replace(["received"], next)) return next;
  return (await ports.storage.get(entry, entry.digest)) ?? next;
}

/** The broker's word: that it knows the sender, or that the device which it asks about is one of the account's already. */
function vouchedFor(
  { broker }: ResponderPorts,
  { endorses, request }: OpenedRequest,
  of: AccountKey,
): Promise<boolean> {
  return endorses === undefined ? isVouched(broker, request, of) : isDevice(broker, endorses.signingKey.kid, of);
}

/**
 * Finishes what a crash, or a storage that was full, left at `received`.
 *
 * @returns how many requests are verified now
 */
export async function resumeReceived(ports: ResponderPorts, account: AccountKey): Promise<number> {
  let verified = 0;
  for (const entry of await ports.storage.list(account)) {
    if (entry.state === "received" && (await verifyReceived(ports, entry)).state === "verified") verified += 1;
  }
  return verified;
}
