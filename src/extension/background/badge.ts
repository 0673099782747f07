/** The toolbar button counts what waits, and says that something is wrong; a notification says that something new does, names pinned senders only, and answers nothing. */
import {
  senderOf,
  type SenderView,
  type EndorsementView,
  viewEndorsement,
  waitingEntries,
} from "../../responder/index.ts";
import { badge, broadcastChanged, i18n, notify, setToolbar } from "../browser.ts";
import { counted } from "../language.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import { noteClash } from "./pinning.ts";
import { preferences } from "./preferences.ts";
import type { BrowserResponder } from "./responder.ts";
import { toolbarOf } from "./toolbar.ts";

export const NOTIFICATION = "mesh-confirm";

/** Keeps the badge as the inbox is, however often it is asked to. */
export function badgeKeeper(responder: BrowserResponder): () => Promise<void> {
  let seen: ReadonlySet<string> = new Set();
  const update = async (): Promise<void> => {
    const { ports } = responder;
    const accounts = responder.accounts();
    const pending = await waitingEntries(ports, accounts);
    const muted = await ports.mutedKids?.();
    const { notifications } = await preferences();
    const onlyPinned = notifications === "pinned";
    let alarm = false;
    let count = 0;
    const fresh: string[] = [];
    for (const entry of pending) {
      const asks = entry.endorses ? await viewEndorsement(ports, entry) : await senderOf(ports, entry);
      if (asks === undefined) continue;
      count += 1;
      if ("trust" in asks && asks.trust === "changed") {
        alarm = true;
        if (await noteClash(responder.senders, asks, entry.received)) await broadcastChanged();
      }
      const isMuted = "trust" in asks && (muted?.has(asks.kid) === true || (onlyPinned && asks.trust !== "pinned"));
      if (!seen.has(entry.digest) && entry.state === "verified" && !isMuted) fresh.push(newsOf(asks));
    }
    seen = new Set(pending.map(({ digest }) => digest));
    const lines = responder.views().map(({ line }) => line);
    const { title, ...button } = toolbarOf(alarm, count, lines, await badge());
    await setToolbar({ ...button, title: title === undefined ? counted("badgeTitle", count) : i18n(title) });
    const [first] = fresh;
    if (first !== undefined && notifications !== "off") await notify(NOTIFICATION, i18n("notifyTitle"), first);
  };
  return oneAtATime(() => update().catch(() => undefined));
}

/** What a notification says of it: a name only where the user pinned it. */
function newsOf(asks: Pick<SenderView, "trust" | "fromId"> | EndorsementView): string {
  if ("fingerprintStart" in asks) return i18n("notifyEndorsement");
  return asks.trust === "pinned" ? i18n("notifyPinned", asks.fromId) : i18n("notifyUnknown");
}
