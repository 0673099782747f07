/** What waits for the user: the pending requests, oldest first, each opened again for the screen. */
import { startOf } from "./endorsement.ts";
import { type OpenedRequest, openForAccount } from "./open-entry.ts";
import type { AccountKey, InboxEntry } from "./inbox-entry.ts";
import { expireIfDue, isWaiting } from "./lapse.ts";
import type { ResponderPorts } from "./ports.ts";
import { isJwe, parseAccount } from "../protocol/index.ts";
import { type DomainView, viewDomain } from "../srml/index.ts";
import { presenceState } from "./prove-presence.ts";
import { refOf } from "./results.ts";
import type { EndorsementView, RequestView, SenderView } from "./view.ts";
import { knownAs } from "./who.ts";

/**
 * What waits for the user, in the order in which it is shown: what asks to let a device in, whose user sits before it and
 * waits, so that no flood gets in front of it; then the requests, oldest first, those of muted senders last. Expires those whose time is over.
 */
export async function waitingEntries(
  ports: ResponderPorts,
  accounts: readonly AccountKey[],
): Promise<readonly InboxEntry[]> {
  const waiting: InboxEntry[] = [];
  for (const account of accounts) {
    for (const entry of await ports.storage.list(account)) {
      if (isWaiting(entry) && !(await expireIfDue(ports, entry))) waiting.push(entry);
    }
  }
  const muted = await ports.mutedKids?.();
  const turn = (entry: InboxEntry): number => (entry.endorses ? 0 : muted?.has(signerOf(entry) ?? "") === true ? 2 : 1);
  return waiting.sort((a, b) => turn(a) - turn(b) || a.received - b.received || (a.sequence ?? 0) - (b.sequence ?? 0));
}

/** The requests among {@link waitingEntries}. */
export async function pendingEntries(
  ports: ResponderPorts,
  accounts: readonly AccountKey[],
): Promise<readonly InboxEntry[]> {
  return (await waitingEntries(ports, accounts)).filter((entry) => !entry.endorses);
}

/** What asks to let a device in: it is shown by `viewEndorsement` and answered by `decideEndorsement`. */
export async function pendingEndorsements(
  ports: ResponderPorts,
  accounts: readonly AccountKey[],
): Promise<readonly InboxEntry[]> {
  return (await waitingEntries(ports, accounts)).filter((entry) => entry.endorses);
}

/**
 * A pending request as it may be shown.
 *
 * @returns undefined where it is an endorsement; where its bytes do not verify any more, and then it is refused; or where its signed time is over
 */
export async function viewRequest(ports: ResponderPorts, entry: InboxEntry): Promise<RequestView | undefined> {
  const opened = await openPending(ports, entry);
  if (opened === undefined || opened.endorses !== undefined) return undefined;
  const { request, srml, expires, encryptedFor } = opened;
  return Object.freeze({
    ...refOf(entry),
    accountDomain: viewDomain(parseAccount(entry.account).domain, []).unicode,
    sender: {
      ...(await knownAs(ports, request, entry.vouched)),
      fromId: request.fromId,
      domain: await domainOf(ports, request.fromId, entry),
      kid: request.signer.kid,
      acceptedBefore: await acceptedBefore(ports, entry, request.signer.kid),
      muted: (await ports.mutedKids?.())?.has(request.signer.kid) === true,
    },
    srml,
    match: request.match !== undefined,
    presence: await presenceState(ports, entry, request.presence),
    created: opened.dated ? request.created : undefined,
    expires,
    encryptedFor,
  });
}

/**
 * A pending request to let a device in, as it may be shown: of the fingerprint only what need not be typed.
 *
 * @returns undefined where it is another request, or as `viewRequest`
 */
export async function viewEndorsement(ports: ResponderPorts, entry: InboxEntry): Promise<EndorsementView | undefined> {
  const opened = await openPending(ports, entry);
  if (opened?.endorses === undefined) return undefined;
  const { signingKey, presence: asks } = opened.endorses;
  return Object.freeze({
    ...refOf(entry),
    kind: "endorsement",
    known: entry.vouched,
    fingerprintStart: startOf(signingKey.kid),
    presence: asks && { kid: asks.key.kid, rpId: asks.rpId, origin: asks.origin },
    created: opened.request.created,
    expires: opened.expires,
  });
}

/**
 * The user blocked a key: what it asks of an account and is still pending is not shown any more. What asks to let a device in
 * is the broker's, whom nobody blocks; nobody is told.
 */
export async function refuseBlocked(ports: ResponderPorts, account: AccountKey, kid: string): Promise<void> {
  const refusal = { reason: "blocked", detail: "You blocked its sender." } as const;
  for (const entry of await pendingEntries(ports, [account])) {
    if (signerOf(entry) !== kid) continue;
    const refused = { ...entry, state: "refused", refusal, ended: ports.clock() } as const;
    await ports.storage.replace(["verified", "presented"], refused);
  }
}

/** Opens a pending entry again; one that does not verify any more is refused, one whose time is over expires. */
async function openPending(ports: ResponderPorts, entry: InboxEntry): Promise<OpenedRequest | undefined> {
  const now = ports.clock();
  const opened = await openForAccount(ports, entry, now);
  const isSame =
    opened.ok && opened.request.digest === entry.digest && (opened.endorses !== undefined) === entry.endorses;
  if (!opened.ok || !isSame) {
    const refusal = opened.ok ? ({ reason: "malformed", detail: "The stored request was changed." } as const) : opened;
    await ports.storage.replace(["verified", "presented"], {
      ...entry,
      state: "refused",
      refusal: { reason: refusal.reason, detail: refusal.detail },
      ended: now,
    });
    return undefined;
  }
  return (await expireIfDue(ports, { ...entry, expires: opened.expires })) ? undefined : opened;
}

/** Who sends a pending request, where nothing else of it is shown; undefined as for {@link viewRequest}. */
export async function senderOf(
  ports: ResponderPorts,
  entry: InboxEntry,
): Promise<Pick<SenderView, "fromId" | "kid" | "trust"> | undefined> {
  const opened = await openPending(ports, entry);
  if (opened === undefined || opened.endorses !== undefined) return undefined;
  const { fromId, signer } = opened.request;
  return { fromId, kid: signer.kid, ...(await knownAs(ports, opened.request, entry.vouched)) };
}

/** The sender's domain, beside those that the user knows. */
async function domainOf(ports: ResponderPorts, fromId: string, { account }: AccountKey): Promise<DomainView> {
  const known = [account, ...(await ports.pins.knownIds())].map((id) => parseAccount(id).domain);
  return viewDomain(parseAccount(fromId).domain, known);
}

/** How often the user said yes to this key before. */
async function acceptedBefore(ports: ResponderPorts, account: AccountKey, kid: string): Promise<number> {
  const entries = await ports.storage.list(account);
  return entries.filter((entry) => entry.answer?.value === true && signerOf(entry) === kid).length;
}

/** The key that signed an entry that was shown: of an encrypted one that is the key that posted it. */
function signerOf({ request, postedBy }: InboxEntry): string | undefined {
  return isJwe(request) ? postedBy : request.signatures[0]?.header?.kid;
}

/** The name that a key asked this account under, last; undefined where it never did. No more than a claim. */
export async function claimedName(
  ports: ResponderPorts,
  account: AccountKey,
  kid: string,
): Promise<string | undefined> {
  const entry = (await ports.storage.list(account)).findLast((one) => signerOf(one) === kid);
  const opened = entry === undefined ? undefined : await openForAccount(ports, entry, entry.received);
  return opened?.ok === true && opened.request.signer.kid === kid ? opened.request.fromId : undefined;
}
