/** The history: what was asked and answered, newest first; searching it, saving receipts, printing, forgetting. */
import type { Keep, PastView, RequestRef } from "../../responder/index.ts";
import { i18n, sendToBackground } from "../browser.ts";
import { counted } from "../language.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import { button, element, setText } from "../page/dom.ts";
import { selectField, textField } from "./field.ts";
import { form } from "./form.ts";
import { type PastRow, pastRow } from "./past-row.ts";
import { pastWeeks } from "./past-weeks.ts";
import { removal } from "./removal.ts";
import { saveFile } from "./save-file.ts";
import { weeksPicture } from "./weeks-picture.ts";
import { KEEPS } from "./words.ts";

/** Each request of a long history is verified again. */
const HISTORY_MS = 60_000;

export interface History {
  readonly element: HTMLElement;
  /** Looks again. */
  readonly look: () => Promise<void>;
}

/** Builds the section's content, empty. */
export function createHistory(locale: string): History {
  const picture = element("div", {});
  const status = element("p", { class: "hint", testid: "past-status", attributes: { role: "status" } });
  const list = element("div", { class: "pasts", testid: "history" });
  const search = textField("history-search", "historySearch", undefined, { type: "search" });
  const keep = selectField("history-keep", "historyKeep", "historyKeepHint", KEEPS);
  const clear = element("div", {});
  const tools = element(
    "div",
    { class: "past-tools" },
    button(i18n("receiptsSave"), { testid: "receipts-save" }, () => void save(null)),
    button(i18n("print"), { testid: "print" }, print),
    clear,
  );
  const content = element("div", { class: "past-content" }, picture, search.element, status, list, tools);
  let rows: ReadonlyMap<string, PastRow> = new Map();
  let keepNow: Keep | undefined;
  let shown: readonly PastRow[] = [];
  let pastNow = "";

  function show(past: readonly PastView[]): void {
    // What did not change stays as open as it is.
    const before = rows;
    const keyed = past.map((view) => ({ view, key: JSON.stringify(view) }));
    rows = new Map(
      keyed.map(({ view, key }) => [key, before.get(key) ?? pastRow(view, locale, (ref) => void save(ref))]),
    );
    shown = [...rows.values()];
    const answered = past.flatMap(({ result }) => (result.kind === "answered" ? [result.at] : []));
    picture.replaceChildren(weeksPicture(pastWeeks(answered, Date.now()), locale));
    const question = "historyClearQuestion";
    clear.replaceChildren(removal({ name: i18n("historyTitle"), verb: "clear", question, remove: forget }));
    filter();
  }

  function filter(): void {
    const wanted = search.input.value.trim().toLocaleLowerCase(locale);
    const found = shown.filter(({ words }) => words.includes(wanted));
    list.replaceChildren(...found.map((row) => row.element));
    const none = shown.length === 0 ? "historyNone" : "historyNotFound";
    setText(status, found.length === 0 ? i18n(none) : counted("historyShown", found.length));
  }

  async function look(): Promise<void> {
    const { keep: kept, past } = await sendToBackground("options.history", {}, HISTORY_MS);
    const now = JSON.stringify([kept, past]);
    if (now === pastNow) return;
    pastNow = now;
    // What is being chosen is not taken back because a request came.
    if (kept !== keepNow) keep.input.value = kept;
    keepNow = kept;
    content.hidden = kept === "off";
    show(past);
  }
  const lookAgain = oneAtATime(() => look().catch(() => setText(status, i18n("errorText"))));

  async function forget(): Promise<boolean> {
    await sendToBackground("options.clearHistory", {}, HISTORY_MS);
    await lookAgain();
    return true;
  }

  async function save(of: RequestRef | null): Promise<void> {
    const got = await sendToBackground("options.exportReceipts", { of }, HISTORY_MS).catch(() => undefined);
    const [first] = got?.receipts ?? [];
    if (got === undefined || first === undefined) {
      setText(status, i18n(got === undefined ? "errorText" : "receiptsNone"));
      return;
    }
    if (of === null) saveFile("receipts.json", { Receipts: got.receipts });
    else saveFile(`receipt-${first.BrokerID}.json`, { Receipt: first });
    const left = got.others === 0 ? "" : ` ${counted("receiptsLeft", got.others)}`;
    setText(status, counted("receiptsSaved", got.receipts.length) + left);
  }

  function print(): void {
    for (const row of shown) if (row.element.isConnected) row.open();
    globalThis.print();
  }

  search.input.addEventListener("input", filter);
  const retention = form({
    fields: [keep],
    submit: { testid: "history-keep-save", key: "historyKeepSave" },
    busy: "busy",
    send: async () => {
      const chosen = Object.keys(KEEPS).find((one): one is Keep => one === keep.input.value) ?? "all";
      const { forgotten } = await sendToBackground("options.setHistory", { keep: chosen }, HISTORY_MS);
      await lookAgain();
      return { done: counted("historyForgotten", forgotten) };
    },
  });
  return {
    element: element("div", { class: "past-section" }, content, retention),
    look: lookAgain,
  };
}
