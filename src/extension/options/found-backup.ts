/** What a backup would add, all of it, before anything is: whoever made the file says whom it shows as pinned. */
import { i18n } from "../browser.ts";
import { number } from "../language.ts";
import type { FoundBackup, NamedKey, Settings } from "../messages.ts";
import { button, type Child, element, fingerprint, foreign, sentence } from "../page/dom.ts";
import { date } from "../page/times.ts";
import { KEEPS, NOTIFICATIONS, THEMES } from "./words.ts";

type FoundPin = FoundBackup["pins"][number];

/** The card. @param act.restore - asks for what is shown to be added, with the settings where the user wants them */
export function foundBackup(
  found: FoundBackup,
  locale: string,
  act: { readonly restore: (found: FoundBackup, withSettings: boolean) => Promise<void>; readonly cancel: () => void },
): HTMLElement {
  const { created, muted, clashes, settings, accounts } = found;
  // What could be taken for another name is read first.
  const pins = [...found.pins].sort((a, b) => Number(isOdd(b)) - Number(isOdd(a)));
  const take = element("input", { testid: "backup-settings", attributes: { type: "checkbox" } });
  const isNothing = pins.length + muted.length + clashes.length === 0 && settings === null;
  const restore = button(i18n("backupRestore"), { class: "accept", testid: "backup-restore" }, () => {
    restore.disabled = true;
    void act.restore(found, take.checked).finally(() => (restore.disabled = false));
  });
  return element(
    "div",
    { class: "notice", testid: "backup-found" },
    element(
      "p",
      { attributes: { role: "alert" } },
      i18n("backupOf", date(created, locale)),
      isNothing ? ` ${i18n("backupNothing")}` : "",
    ),
    ...listed("backupPins", pins, (pin) => [
      ...keyOf(pin),
      element(
        "p",
        { class: "hint" },
        sentence("pinHow", foreign(pin.checkedBy), element("span", {}, date(pin.added, locale))),
      ),
      pin.resembles === undefined
        ? undefined
        : element("p", { class: "warning" }, sentence("domainResembles", foreign(pin.resembles))),
      pin.mixesScripts ? element("p", { class: "warning" }, i18n("domainMixes")) : undefined,
    ]),
    ...listed("backupMuted", muted, keyOf),
    ...listed("backupClashes", clashes, keyOf),
    ...listed("backupAccounts", accounts, ({ account, broker, deviceKid }) => [
      ...keyOf({ fromId: account, kid: deviceKid }),
      element("p", { class: "hint" }, foreign(broker)),
    ]),
    settings === null
      ? undefined
      : element("label", { class: "switch" }, take, element("span", {}, i18n("backupSettings", wordsOf(settings)))),
    element(
      "div",
      { class: "removal-buttons" },
      button(i18n("cancel"), { testid: "backup-cancel" }, act.cancel),
      isNothing ? undefined : restore,
    ),
  );
}

function isOdd({ resembles, mixesScripts }: FoundPin): boolean {
  return resembles !== undefined || mixesScripts;
}

function listed<T>(title: string, items: readonly T[], rowOf: (item: T) => readonly Child[]): readonly HTMLElement[] {
  if (items.length === 0) return [];
  const rows = items.map((item) => element("li", { class: "entry-name" }, ...rowOf(item)));
  return [
    element("h3", {}, i18n(title, number(items.length))),
    element("ul", { class: "found-list", testid: title }, ...rows),
  ];
}

function keyOf({ fromId, kid }: NamedKey): readonly HTMLElement[] {
  return [element("p", {}, foreign(fromId)), fingerprint(kid)];
}

function wordsOf({ theme, notifications, history }: Settings): string {
  const said = [
    [i18n("fieldTheme"), THEMES[theme]],
    [i18n("fieldNotifications"), NOTIFICATIONS[notifications]],
    [i18n("historyTitle"), KEEPS[history]],
  ] as const;
  return said.map(([title, key]) => i18n("settingIs", title, i18n(key))).join(" · ");
}
