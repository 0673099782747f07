/** The badge counts what waits; a notification says that something new does, names pinned senders only, and answers nothing. */
import { pendingEntries, senderOf } from "../../responder/index.ts";
import { i18n, notify, setBadge, setTitle } from "../browser.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import type { BrowserResponder } from "./responder.ts";

const ACCENT = "#0b6b4b";
const ALARM = "#9b1c1c";

export const NOTIFICATION = "mesh-confirm";

/** Keeps the badge as the inbox is, however often it is asked to. */
export function badgeKeeper(responder: BrowserResponder): () => Promise<void> {
  let seen: ReadonlySet<string> = new Set();
  const update = async (): Promise<void> => {
    const pending = await pendingEntries(responder.ports, responder.accounts());
    let alarm = false;
    let count = 0;
    const fresh: string[] = [];
    for (const entry of pending) {
      const sender = await senderOf(responder.ports, entry);
      if (sender === undefined) continue;
      count += 1;
      alarm ||= sender.trust === "changed";
      if (!seen.has(entry.digest) && entry.state === "verified") {
        fresh.push(sender.trust === "pinned" ? sender.fromId : "");
      }
    }
    seen = new Set(pending.map(({ digest }) => digest));
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
  return oneAtATime(() => update().catch(() => undefined));
}
