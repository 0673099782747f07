/**
 * The settings: accounts, connecting one, pinned senders. The page asks the background for everything and keeps
 * nothing; it makes no key and calls no broker. Without an account it says what this is, and connects one.
 */
import { extensionUrl, i18n, onChanged, sendToBackground } from "../browser.ts";
import { locale as localeOf, setLanguage } from "../language.ts";
import { element } from "../page/dom.ts";
import { installationMark } from "../page/installation-mark.ts";
import { STORAGE_PROBLEMS } from "../page/storage-words.ts";
import { createAccountList } from "./account-list.ts";
import { createBackup } from "./backup.ts";
import { createClashList } from "./clash-list.ts";
import { createConnectForm } from "./connect-form.ts";
import { createDiagnostics } from "./diagnostics.ts";
import { createHistory } from "./history.ts";
import { createPinForm } from "./pin-form.ts";
import { createPinList } from "./pin-list.ts";
import { createPreferences } from "./preferences.ts";
import { createSenderLists } from "./sender-lists.ts";

/** How long the page waits for a history that is long, at most. */
const HISTORY_MS = 1500;

const main = document.querySelector("main");
if (main !== null) start(main);

function start(root: HTMLElement): void {
  const locale = localeOf();
  setLanguage(document);
  document.title = i18n("optionsTitle");

  const mark = element("div", { class: "card mark-card" });
  const problem = element("div", { attributes: { role: "alert" } });
  const note = element("p", { class: "note", testid: "note", attributes: { role: "status" } });
  const intro = element("p", { testid: "setup" }, i18n("setupIntro"));
  const accounts = createAccountList(locale, (text) => {
    note.textContent = text;
    void look();
  });
  const pins = createPinList(locale, () => void look());
  const clashes = createClashList(locale, () => void look());
  const senders = createSenderLists(locale, () => void look());
  const connect = createConnectForm(() => void look());
  const pin = createPinForm(() => void look());
  const history = createHistory(locale);
  const backup = createBackup(locale, () => void look().then(preferences.load));
  const preferences = createPreferences();
  const list = section("accountsLabel", undefined, accounts.element);
  const ofAccounts = [
    section("pinsTitle", "pinsIntro", clashes.element, pins.element, pin),
    section("policyTitle", "policyIntro", senders.policies),
    section("mutedTitle", "mutedIntro", senders.muted),
    section("historyTitle", "historyIntro", history.element),
  ];
  const uninstall = section("uninstallTitle", "uninstallIntro", uninstallAdvice());
  const parts = [
    ...[intro, list, section("connectTitle", "connectIntro", connect), section("markTitle", "markIntro", mark)],
    ...ofAccounts,
    section("preferencesTitle", undefined, preferences.element),
    section("backupTitle", "backupIntro", backup),
    section("diagnosticsTitle", "diagnosticsIntro", createDiagnostics()),
    uninstall,
  ];

  async function look(): Promise<void> {
    const past = history.look();
    try {
      const [{ accounts: connected, storage }, { pins: pinned, clashes: contradicting }, kept] = await Promise.all([
        sendToBackground("options.accounts", {}),
        sendToBackground("options.pins", {}),
        sendToBackground("options.senders", {}),
      ]);
      accounts.show(connected);
      pins.show(pinned);
      clashes.show(contradicting);
      senders.show(connected, kept);
      intro.hidden = connected.length > 0 || storage !== undefined;
      for (const part of [list, ...ofAccounts, uninstall]) part.hidden = connected.length === 0;
      const words = storage === undefined ? undefined : i18n(STORAGE_PROBLEMS[storage]);
      problem.replaceChildren(
        ...(words === undefined ? [] : [element("p", { class: "problem", testid: "storage" }, words)]),
      );
      if (mark.childElementCount > 0) return;
      await preferences.load();
      const ours = await sendToBackground("options.mark", {});
      mark.replaceChildren(installationMark(ours.mark));
      const waited = new Promise((resolve) => {
        setTimeout(resolve, HISTORY_MS);
      });
      await Promise.race([past, waited]);
    } catch {
      problem.replaceChildren(element("p", { class: "problem", testid: "error" }, i18n("errorText")));
    }
  }

  root.append(
    element(
      "header",
      { class: "top" },
      element("img", { class: "mark", attributes: { src: extensionUrl("icons/mark.svg"), alt: "" } }),
      element("div", {}, element("h1", {}, i18n("extensionName")), element("p", {}, i18n("extensionDescription"))),
    ),
    problem,
    note,
  );
  onChanged(() => void look());
  // Nothing moves under the pointer: what is below comes when it is filled, or when it is known that it cannot be.
  void look().then(() => root.append(...parts));
}

/** What goes for good when the extension is removed, and what to do before. */
function uninstallAdvice(): HTMLElement {
  const steps = ["uninstallSave", "uninstallReceipts", "uninstallDevice"].map((key) => element("li", {}, i18n(key)));
  return element("ol", { class: "card steps" }, ...steps);
}

function section(title: string, intro: string | undefined, ...children: readonly HTMLElement[]): HTMLElement {
  return element(
    "section",
    { attributes: { "aria-label": i18n(title) } },
    element("h2", {}, i18n(title)),
    intro === undefined ? undefined : element("p", { class: "intro" }, i18n(intro)),
    ...children,
  );
}
