/** What there is to see: the pending requests, oldest first, and what became of one that was on the screen. */
import { openForAccount } from "./open-entry.ts";
import type { AccountKey, InboxEntry } from "./inbox-entry.ts";
import { expireIfDue } from "./lapse.ts";
import type { ResponderPorts } from "./ports.ts";
import { parseAccount } from "../protocol/index.ts";
import { type DomainView, viewDomain } from "../srml/index.ts";
import type { RequestRef, RequestView, ResultView } from "./view.ts";
import { trustOf } from "./who.ts";

/** The entries of these accounts that wait for the user, oldest first. Expires those whose time is over. */
export async function pendingEntries(
  ports: ResponderPorts,
  accounts: readonly AccountKey[],
): Promise<readonly InboxEntry[]> {
  const pending: InboxEntry[] = [];
  for (const account of accounts) {
    for (const entry of await ports.storage.list(account)) {
      const waits = entry.state === "verified" || entry.state === "presented";
      if (waits && !(await expireIfDue(ports, entry))) pending.push(entry);
    }
  }
  return pending.sort((a, b) => a.received - b.received || (a.sequence ?? 0) - (b.sequence ?? 0));
}

/**
 * A pending entry as it may be shown.
 *
 * @returns undefined where its bytes do not verify any more, and then it is refused; or where its signed time is over
 */
export async function viewRequest(ports: ResponderPorts, entry: InboxEntry): Promise<RequestView | undefined> {
  const now = ports.clock();
  const opened = await openForAccount(entry.request, entry.account, { received: entry.received, now });
  if (!opened.ok || opened.request.digest !== entry.digest) {
    const refusal = opened.ok ? ({ reason: "malformed", detail: "The stored request was changed." } as const) : opened;
    await ports.storage.replace(["verified", "presented"], {
      ...entry,
      state: "refused",
      refusal: { reason: refusal.reason, detail: refusal.detail },
      ended: now,
    });
    return undefined;
  }
  const { request, srml, expires } = opened;
  if (await expireIfDue(ports, { ...entry, expires })) return undefined;
  return Object.freeze({
    account: entry.account,
    broker: entry.broker,
    id: entry.brokerId,
    digest: entry.digest,
    accountDomain: viewDomain(parseAccount(entry.account).domain, []).unicode,
    sender: {
      trust: await trustOf(ports.pins, request, entry.vouched),
      fromId: request.fromId,
      domain: await domainOf(ports, request.fromId, entry),
      kid: request.signer.kid,
      acceptedBefore: await acceptedBefore(ports, entry, request.signer.kid),
    },
    srml,
    created: opened.dated ? request.created : undefined,
    expires,
  });
}

/** The sender's domain, beside those that the user knows. */
async function domainOf(ports: ResponderPorts, fromId: string, { account }: AccountKey): Promise<DomainView> {
  const known = [account, ...(await ports.pins.knownIds())].map((id) => parseAccount(id).domain);
  return viewDomain(parseAccount(fromId).domain, known);
}

/** How often the user said yes to this key before. */
async function acceptedBefore(ports: ResponderPorts, account: AccountKey, kid: string): Promise<number> {
  const entries = await ports.storage.list(account);
  return entries.filter((entry) => entry.answer?.value === true && entry.request.signatures[0]?.header?.kid === kid)
    .length;
}

/** What became of a request that is not pending any more; undefined where it is pending, or not known. */
export async function viewResult(ports: ResponderPorts, ref: RequestRef): Promise<ResultView | undefined> {
  const entry = await ports.storage.get(ref, ref.digest);
  if (entry?.brokerId !== ref.id) return undefined;
  await expireIfDue(ports, entry);
  const current = await ports.storage.get(ref, ref.digest);
  return current === undefined ? undefined : resultOf(current);
}

/** The result of an entry that is settled. */
export async function resultOf(entry: InboxEntry): Promise<ResultView | undefined> {
  const opened = await openForAccount(entry.request, entry.account, { received: entry.received, now: entry.received });
  const base = {
    account: entry.account,
    broker: entry.broker,
    id: entry.brokerId,
    digest: entry.digest,
    heading: opened.ok ? opened.srml.heading : "",
    fromId: opened.ok ? opened.request.fromId : "",
  };
  const { answer, refusal } = entry;
  switch (entry.state) {
    case "answered":
    case "delivered":
      if (answer === undefined) return undefined;
      return {
        ...base,
        kind: "answered",
        value: answer.value,
        label: answer.label,
        at: answer.at,
        delivery: answer.delivery,
        deliveredAt: answer.deliveredAt,
        attempts: answer.attempts,
      };
    case "expired":
      return { ...base, kind: "expired" };
    case "withdrawn":
      return { ...base, kind: "withdrawn", status: entry.endedAs };
    case "refused":
      return refusal === undefined ? undefined : { ...base, kind: "refused", ...refusal };
    case "received":
    case "verified":
    case "presented":
      return undefined;
  }
}

/** What the machine refused to show, newest first. */
export function refusedResults(ports: ResponderPorts, accounts: readonly AccountKey[]): Promise<readonly ResultView[]> {
  return resultsOf(ports, accounts, (entry) => entry.state === "refused");
}

/** How long a user is told, in milliseconds, of an answer that did not count. */
const TOLD_MS = 24 * 3600_000;

/** Answers that are on their way still, or did not count when they arrived: newest first. */
export function undeliveredResults(
  ports: ResponderPorts,
  accounts: readonly AccountKey[],
): Promise<readonly ResultView[]> {
  const since = ports.clock() - TOLD_MS;
  return resultsOf(ports, accounts, ({ state, answer }) =>
    state === "delivered" ? answer?.delivery !== "accepted" && (answer?.at ?? 0) > since : state === "answered",
  );
}

async function resultsOf(
  ports: ResponderPorts,
  accounts: readonly AccountKey[],
  belongs: (entry: InboxEntry) => boolean,
): Promise<readonly ResultView[]> {
  const entries: InboxEntry[] = [];
  for (const account of accounts) entries.push(...(await ports.storage.list(account)).filter(belongs));
  const results = await Promise.all(entries.sort((a, b) => b.received - a.received).map(resultOf));
  return results.filter((result) => result !== undefined);
}
