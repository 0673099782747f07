/** The badge counts what waits; a notification says that something new does, names pinned senders only, and answers nothing. */
import { pendingEntries, viewRequest } from "../../responder/index.ts";
import { i18n, notify, setBadge, setTitle } from "../browser.ts";
import type { BrowserResponder } from "./responder.ts";

const ACCENT = "#0b6b4b";
const ALARM = "#9b1c1c";

export const NOTIFICATION = "mesh-confirm";

/** Keeps the badge as the inbox is; calls are taken one after another. */
export function badgeKeeper(responder: BrowserResponder): () => Promise<void> {
  const seen = new Set<string>();
  let chain: Promise<void> = Promise.resolve();
  const update = async (): Promise<void> => {
    const pending = await pendingEntries(responder.ports, responder.accounts());
    let alarm = false;
    let count = 0;
    const fresh: string[] = [];
    for (const entry of pending) {
      const view = await viewRequest(responder.ports, entry);
      if (view === undefined) continue;
      count += 1;
      alarm ||= view.sender.trust === "changed";
      if (!seen.has(entry.digest) && entry.state === "verified") {
        fresh.push(view.sender.trust === "pinned" ? view.sender.fromId : "");
      }
      seen.add(entry.digest);
    }
    await setBadge(alarm ? "!" : count === 0 ? "" : String(count), alarm ? ALARM : ACCENT);
    await setTitle(count === 0 ? i18n("extensionName") : i18n("badgeTitle", String(count)));
    const [first] = fresh;
    if (first !== undefined) {
      await notify(
        NOTIFICATION,
        i18n("notifyTitle"),
        first === "" ? i18n("notifyUnknown") : i18n("notifyPinned", first),
      );
    }
  };
  return () => {
    chain = chain.then(update).catch(() => undefined);
    return chain;
  };
}
