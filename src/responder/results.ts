/** What became of requests that are not pending any more: of one that was on the screen, of what is to be told. */
import type { AccountKey, InboxEntry } from "./inbox-entry.ts";
import { expireIfDue } from "./lapse.ts";
import { type OpenedRequest, openForAccount } from "./open-entry.ts";
import type { ResponderPorts } from "./ports.ts";
import { isJwe } from "../protocol/index.ts";
import type { RequestRef, ResultView } from "./view.ts";

export function refOf({ account, broker, brokerId: id, digest }: InboxEntry): RequestRef {
  return { account, broker, id, digest };
}

/** What became of a request that is not pending any more; undefined where it is pending, or not known. */
export async function viewResult(ports: ResponderPorts, ref: RequestRef): Promise<ResultView | undefined> {
  const entry = await ports.storage.get(ref, ref.digest);
  if (entry?.brokerId !== ref.id) return undefined;
  await expireIfDue(ports, entry);
  const current = await ports.storage.get(ref, ref.digest);
  return current === undefined ? undefined : resultOf(ports, current);
}

/** The result of an entry that is settled. */
export async function resultOf(ports: ResponderPorts, entry: InboxEntry): Promise<ResultView | undefined> {
  return (await openResult(ports, entry, true)).result;
}

/** The same, with what was asked where that verifies. @param unseals - whether an encrypted request is opened for it */
export async function openResult(
  ports: ResponderPorts,
  entry: InboxEntry,
  unseals: boolean,
): Promise<{ readonly result: ResultView | undefined; readonly opened: OpenedRequest | undefined }> {
  const isClosed = isJwe(entry.request) && !unseals;
  const verified = isClosed ? undefined : await openForAccount(ports, entry, entry.received);
  // What was put in its place in the storage is another request.
  const opened = verified?.ok === true && verified.request.digest === entry.digest ? verified : undefined;
  const sender = verified?.ok === false ? verified.sender : opened?.request;
  return { result: settledAs(entry, opened, isClosed ? entry.postedBy : sender?.signer.kid), opened };
}

function settledAs(
  entry: InboxEntry,
  opened: OpenedRequest | undefined,
  kid: string | undefined,
): ResultView | undefined {
  const endorses = opened === undefined ? entry.endorses : opened.endorses !== undefined;
  const base = {
    ...refOf(entry),
    endorses,
    heading: endorses ? "" : (opened?.srml.heading ?? ""),
    fromId: endorses ? "" : (opened?.request.fromId ?? ""),
    kid,
  };
  const { answer, refusal } = entry;
  switch (entry.state) {
    case "answered":
    case "delivered": {
      if (answer === undefined) return undefined;
      const { value, reason, at, delivery, deliveredAt, attempts } = answer;
      const label = answer.label ?? opened?.srml.buttons[answer.option ?? -1]?.label;
      const code = value && opened?.request.match !== undefined;
      return { ...base, kind: "answered", value, reason, label, code, at, delivery, deliveredAt, attempts };
    }
    case "expired":
      return { ...base, kind: "expired" };
    case "withdrawn":
      return { ...base, kind: "withdrawn", status: entry.endedAs };
    case "refused":
      return refusal === undefined ? undefined : { ...base, kind: "refused", ...refusal };
    default:
      return undefined;
  }
}

/** How many results of a kind are told at once; each is verified again for it. */
const MOST_TOLD = 20;

/** What the machine refused to show, newest first; the newest alone, where it is much. */
export function refusedResults(ports: ResponderPorts, accounts: readonly AccountKey[]): Promise<readonly ResultView[]> {
  return resultsOf(ports, accounts, (entry) => entry.state === "refused");
}

/** How long a user is told, in milliseconds, of an answer that did not count. */
export const TOLD_MS = 24 * 3600_000;

/** Answers that are on their way still, or did not count when they arrived: as above. */
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
  const newest = entries.sort((a, b) => b.received - a.received).slice(0, MOST_TOLD);
  const results = await Promise.all(newest.map((entry) => resultOf(ports, entry)));
  return results.filter((result) => result !== undefined);
}
