/** The history as the settings ask for it: what ended, the receipts of what was answered, forgetting it. */
import {
  type InboxEntry,
  type Keep,
  outlived,
  pastRequests,
  type PastView,
  receiptOf,
  type RequestRef,
  viewPast,
} from "../../responder/index.ts";
import type { Receipt } from "../../receipt/index.ts";
import type { ResponseOf } from "../messages.ts";
import { historyKept, keepHistory } from "./history-setting.ts";
import { ownProfile } from "./own-profile.ts";
import type { BrowserResponder } from "./responder.ts";

/** All of it; where it is off, nothing. */
export async function history({ ports, accounts }: BrowserResponder): Promise<ResponseOf<"options.history">> {
  const keep = await historyKept();
  return { keep, past: keep === "off" ? [] : await pastRequests(ports, accounts()) };
}

/** An encrypted request, opened because the user asks for it. */
export async function openPast({ ports }: BrowserResponder, ref: RequestRef): Promise<PastView | undefined> {
  const entry = await ports.storage.get(ref, ref.digest);
  return entry?.brokerId === ref.id ? viewPast(ports, entry, true) : undefined;
}

/** The receipt of one answer, or of all, oldest first; `others` is of how many answers there is none to be had. */
export async function exportReceipts(
  responder: BrowserResponder,
  of: RequestRef | null,
): Promise<ResponseOf<"options.exportReceipts">> {
  const { ports } = responder;
  const receipts: Receipt[] = [];
  let others = 0;
  for (const account of responder.accounts()) {
    const own = { profile: await ownProfile(responder, account), service: await ports.keys.serviceKid(account) };
    for (const entry of await ports.storage.list(account)) {
      if (entry.answer === undefined || !(of === null || isSame(entry, of))) continue;
      const receipt = await receiptOf(ports, entry, own);
      if (receipt === undefined) others += 1;
      else receipts.push(receipt);
    }
  }
  return { receipts, others };
}

function isSame({ account, broker, digest, brokerId }: InboxEntry, ref: RequestRef): boolean {
  return account === ref.account && broker === ref.broker && digest === ref.digest && brokerId === ref.id;
}

/** Forgets all that ended; what is pending or not delivered yet, and every digest, stays. */
export async function clearHistory({ inbox, accounts }: BrowserResponder): Promise<number> {
  return forget(inbox, accounts(), (ended) => ended);
}

/** Keeps the history for so long from now on, and forgets at once what is older. */
export async function setHistory({ inbox, accounts }: BrowserResponder, keep: Keep): Promise<number> {
  await keepHistory(keep);
  return forget(inbox, accounts(), (ended) => outlived(ended, keep, Date.now()));
}

async function forget(
  inbox: BrowserResponder["inbox"],
  accounts: ReturnType<BrowserResponder["accounts"]>,
  which: Parameters<typeof inbox.forget>[1],
): Promise<number> {
  let gone = 0;
  for (const account of accounts) gone += await inbox.forget(account, which);
  return gone;
}
