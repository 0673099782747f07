/**
 * The background: the only place with keys, storage and network. Every listener is registered in the first synchronous turn,
 * so that no event that woke this worker is missed; each then waits for the responder to be open.
 */
import {
  broadcastChanged,
  createAlarm,
  onAlarm,
  onInstalled,
  onMessage,
  onNotificationClicked,
  onStartup,
  openOptions,
  openPopup,
} from "../browser.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import { badgeKeeper, NOTIFICATION } from "./badge.ts";
import { storageProblemOf } from "./database.ts";
import { answerClosed, handle } from "./handle.ts";
import { installationMark } from "./installation.ts";
import { parseMessage } from "./parse-message.ts";
import { prefer, preferences } from "./preferences.ts";
import { type BrowserResponder, openResponder } from "./responder.ts";

const POLL_ALARM = "poll";
const POLL_MINUTES = 0.5;

let updateBadge: () => Promise<void> = () => Promise.resolve();
const tellPages = oneAtATime(broadcastChanged);
const changed = (): void => {
  void updateBadge();
  void tellPages();
};

let opening: Promise<BrowserResponder> | undefined;

/** The responder; where it could not be opened, the next event tries again. */
function ready(): Promise<BrowserResponder> {
  opening ??= openResponder(changed).then(
    (responder) => {
      updateBadge = badgeKeeper(responder);
      void updateBadge();
      return responder;
    },
    (error: unknown) => {
      opening = undefined;
      throw error;
    },
  );
  return opening;
}

/** Once the responder is there, if it comes. */
function whenReady(work: (responder: BrowserResponder) => unknown): void {
  ready()
    .then(work)
    .catch(() => undefined);
}

onMessage((message, sender) => {
  const heard = parseMessage(message, sender);
  if (heard === undefined) return undefined;
  // Whatever else is broken, this is how the user knows our windows.
  if (heard.name === "popup.mark" || heard.name === "options.mark")
    return Promise.all([installationMark(), preferences()]).then(([mark, { theme }]) => ({ mark, theme }));
  if (heard.name === "options.preferences") return prefer(heard.request);
  return ready().then(
    (responder) => handle(responder, heard, changed),
    (error: unknown) => answerClosed(heard, storageProblemOf(error)),
  );
});

onAlarm((name) => {
  if (name === POLL_ALARM) whenReady((responder) => responder.checkAll().then(changed));
});

onNotificationClicked((id) => {
  if (id === NOTIFICATION) void openPopup();
});

onInstalled(() => {
  whenReady((responder) => (responder.accounts().length === 0 ? openOptions() : undefined));
});

onStartup(() => {
  // Being called is the point: the browser started, and the lines open.
});

whenReady(() => undefined);
void createAlarm(POLL_ALARM, POLL_MINUTES);
