/** What the background does for each message of the table. Nothing here trusts a page beyond what its message may say. */
import { LIMITS } from "../../protocol/index.ts";
import {
  decide,
  decideEndorsement,
  type InboxEntry,
  present,
  refusedResults,
  refuseUnshowable,
  type RequestRef,
  type RequestView,
  undeliveredResults,
  viewEndorsement,
  viewRequest,
  waitingEntries,
} from "../../responder/index.ts";
import type { AccountView, PopupView, StorageProblem } from "../messages.ts";
import { lookAtBackup, makeBackup, restoreBackup } from "./backup.ts";
import { connectAccount } from "./connect.ts";
import { storageProblem } from "./database.ts";
import { block, listSenders, mute, policy, settledView } from "./deciding-on-senders.ts";
import { diagnose, NOTHING_KNOWN } from "./diagnose.ts";
import { clearHistory, exportReceipts, history, openPast, setHistory } from "./history.ts";
import { listDevices, removeAccount } from "./own-devices.ts";
import type { Heard } from "./parse-message.ts";
import { askAgain, noteCounted } from "./own-profile.ts";
import { alwaysPresence, setUpPresence } from "./presence.ts";
import { listPins, removePin } from "./pin-database.ts";
import { addPin, keepPin, listClashes } from "./pinning.ts";
import type { BrowserResponder } from "./responder.ts";

/** All but what is answered even where there is no responder. */
export type Answerable = Exclude<Heard, { readonly name: "popup.mark" | "options.mark" | "options.preferences" }>;

/**
 * Answers where the storage cannot be opened: what is wrong with it, to whoever asks what there is.
 *
 * @throws Error to whoever wants something done
 */
export function answerClosed({ name }: Answerable, storage: StorageProblem): unknown {
  if (name === "popup.look") return { kind: "closed", storage };
  if (name === "options.accounts") return { accounts: [], storage };
  if (name === "options.pins") return { pins: [], clashes: [] };
  if (name === "options.history") return { keep: "all", past: [] };
  if (name === "options.senders") return { muted: [], waiting: [] };
  if (name === "options.diagnostics") return { ...NOTHING_KNOWN, storage };
  throw new Error("The storage is closed.");
}

/** Answers a message. */
export async function handle(responder: BrowserResponder, heard: Answerable, changed: () => void): Promise<unknown> {
  const { ports, database, senders } = responder;
  switch (heard.name) {
    case "popup.look":
      return { ...(await look(responder, heard.request.showing, changed)), storage: storageProblem(database) };
    case "popup.present":
      return { presented: await present(ports, heard.request) };
    case "popup.decide":
    case "popup.decideEndorsement": {
      const rules = { armingMs: LIMITS.armingMs };
      const outcome = await (heard.name === "popup.decide"
        ? decide(ports, heard.request, rules)
        : decideEndorsement(ports, heard.request, rules));
      if (outcome.ok && heard.name === "popup.decide" && heard.request.block && !heard.request.value) {
        // Where that cannot be stored, the result offers it.
        await block(responder, heard.request).catch(() => false);
      }
      // Delivered from here on by itself: the popup may close, the worker may die.
      if (outcome.ok) void responder.check(heard.request).catch(() => undefined);
      changed();
      return outcome;
    }
    case "popup.refuse": {
      const refused = await refuseUnshowable(ports, heard.request);
      changed();
      return { refused };
    }
    case "popup.checkSender":
      return { asked: await checkSender(responder, heard.request) };
    case "popup.block": {
      const wanted = await block(responder, heard.request);
      changed();
      return { wanted };
    }
    case "popup.mute": {
      const done = await mute(responder, heard.request);
      changed();
      return { done };
    }
    case "options.accounts":
      for (const account of responder.accounts()) void noteCounted(responder, account).catch(() => undefined);
      return {
        accounts: await Promise.all(responder.views().map((view) => withUnsent(responder, view))),
        storage: storageProblem(database),
      };
    case "options.connect":
      return connectAccount(responder, heard.request);
    case "options.removeAccount":
      return removeAccount(responder, heard.request);
    case "options.seenKey":
      return { seen: await responder.noteSeen(heard.request) };
    case "options.devices":
      return listDevices(responder, heard.request);
    case "options.setUpPresence": {
      const set = await setUpPresence(responder, heard.request);
      changed();
      return set;
    }
    case "options.askAgain":
      return { asked: await askAgain(responder, heard.request).catch(() => false) };
    case "options.alwaysPresence":
      return { changed: await alwaysPresence(responder, heard.request) };
    case "options.pins":
      return { pins: await listPins(database), clashes: await listClashes(database, senders) };
    case "options.addPin": {
      const added = await addPin(database, ports.pins, heard.request);
      changed();
      return added;
    }
    case "options.removePin": {
      const removed = await removePin(database, heard.request.fromId, heard.request.kid);
      changed();
      return { removed };
    }
    case "options.keepPin": {
      const kept = await keepPin(senders, heard.request.kid);
      changed();
      return { kept };
    }
    case "options.senders":
      return listSenders(responder);
    case "options.unmute": {
      const removed = await senders.change(heard.request.kid, (sender) => ({ ...sender, muted: undefined }));
      changed();
      return { removed };
    }
    case "options.history":
      return history(responder);
    case "options.openPast":
      return { past: await openPast(responder, heard.request) };
    case "options.exportReceipts":
      return exportReceipts(responder, heard.request.of);
    case "options.clearHistory":
    case "options.setHistory": {
      const forgotten = await (heard.name === "options.clearHistory"
        ? clearHistory(responder)
        : setHistory(responder, heard.request.keep));
      changed();
      return { forgotten };
    }
    case "options.backup":
      return makeBackup(responder);
    case "options.readBackup":
      return lookAtBackup(responder, heard.request.file);
    case "options.restore": {
      const restored = await restoreBackup(responder, heard.request);
      changed();
      return { restored };
    }
    case "options.diagnostics":
      return diagnose(responder);
    case "options.policy": {
      const response = await policy(responder, heard.request);
      if (heard.request.change !== null) changed();
      return response;
    }
  }
}

/** What the popup shows now: the result of what it was showing, else the oldest pending request, else that there is none. */
async function look(responder: BrowserResponder, showing: RequestRef | null, changed: () => void): Promise<PopupView> {
  const { ports } = responder;
  const accounts = responder.accounts();
  if (accounts.length === 0) return { kind: "setup" };
  const pending = await waitingEntries(ports, accounts);
  const waiting = pending.length;
  const viewOf = async (entry: InboxEntry): Promise<PopupView | undefined> => {
    const view = await pendingView(responder, entry, waiting);
    // Refused or expired by this look: what the badge counted is not so any more.
    if (view === undefined) changed();
    return view;
  };
  if (showing !== null) {
    const still = pending.find(
      ({ account, broker, brokerId, digest }) =>
        account === showing.account &&
        broker === showing.broker &&
        brokerId === showing.id &&
        digest === showing.digest,
    );
    const view = still === undefined ? undefined : await viewOf(still);
    if (view !== undefined) return view;
    const settled = await settledView(responder, showing);
    // What this look found to be over was counted before.
    if (settled !== undefined) return { kind: "result", ...settled, waiting: waiting - (still === undefined ? 0 : 1) };
  }
  for (const entry of pending) {
    const view = await viewOf(entry);
    if (view !== undefined) return view;
  }
  const undelivered = await undeliveredResults(ports, accounts);
  const refused = await refusedResults(ports, accounts);
  let unreadable = 0;
  for (const account of accounts) unreadable += await responder.inbox.unreadable(account);
  return { kind: "empty", accounts: responder.views(), undelivered, refused, unreadable };
}

async function pendingView(
  responder: BrowserResponder,
  entry: InboxEntry,
  waiting: number,
): Promise<PopupView | undefined> {
  if (entry.endorses) {
    const endorsement = await viewEndorsement(responder.ports, entry);
    return endorsement === undefined ? undefined : { kind: "endorsement", endorsement, waiting };
  }
  const request = await checkedView(responder, entry);
  return request === undefined ? undefined : { kind: "request", request, waiting };
}

/** A request for the screen; its sender's domain is asked again where what it said is old. */
async function checkedView(responder: BrowserResponder, entry: InboxEntry): Promise<RequestView | undefined> {
  const view = await viewRequest(responder.ports, entry);
  if (view?.sender.check !== "due") return view;
  responder.domains.ask(view.sender.fromId).catch(() => undefined);
  return viewRequest(responder.ports, entry);
}

/** The user asks who that is: of the request's own bytes, not of what the page says. */
async function checkSender(responder: BrowserResponder, ref: RequestRef): Promise<boolean> {
  const entry = await responder.ports.storage.get(ref, ref.digest);
  const view = entry?.state === "presented" ? await viewRequest(responder.ports, entry) : undefined;
  if (view === undefined || view.sender.check === "none") return false;
  await responder.domains.ask(view.sender.fromId);
  return true;
}

async function withUnsent(
  { ports }: BrowserResponder,
  view: AccountView,
): Promise<AccountView & { readonly unsent: number }> {
  const unsent = (await ports.storage.list(view)).filter(({ state }) => state === "answered").length;
  return { ...view, unsent };
}
