/** A backup of pins and settings: saved as a file, and a file looked at before anything of it is added. Keys are in none. */
import { BACKUP_BYTES } from "../backup-bytes.ts";
import { i18n, sendToBackground } from "../browser.ts";
import type { FoundBackup } from "../messages.ts";
import { button, element, setText } from "../page/dom.ts";
import { textField } from "./field.ts";
import { foundBackup } from "./found-backup.ts";
import { saveFile } from "./save-file.ts";
import { BACKUP_FAILURES } from "./words.ts";

/** Each name of a file is compared with each that is known. */
const LOOK_MS = 20_000;

/** The section's content. @param onRestored - called when something was added */
export function createBackup(locale: string, onRestored: () => void): HTMLElement {
  const status = element("p", { class: "hint", testid: "backup-status", attributes: { role: "status" } });
  const problem = element("div", { attributes: { role: "alert" } });
  const found = element("div", { class: "found" });
  const file = textField("backup-file", "fieldBackup", "fieldBackupHint", { type: "file", accept: ".json" });

  const say = (text: string): void => {
    problem.replaceChildren();
    setText(status, text);
  };
  const fail = (key: string): void => {
    setText(status, "");
    problem.replaceChildren(element("p", { class: "problem", testid: "error" }, i18n(key)));
  };

  async function save(): Promise<void> {
    const { backup } = await sendToBackground("options.backup", {});
    saveFile(`mesh-confirm-backup-${new Date().toISOString().slice(0, 10)}.json`, { Backup: backup });
    say(i18n("backupSaved"));
  }

  async function look(): Promise<void> {
    const [chosen] = file.input.files ?? [];
    found.replaceChildren();
    say("");
    if (chosen === undefined) return;
    // A large one is not even read.
    const text = chosen.size > BACKUP_BYTES ? undefined : await textOf(chosen);
    const response =
      text === undefined
        ? ({ ok: false, failure: "malformed" } as const)
        : await sendToBackground("options.readBackup", { file: text }, LOOK_MS);
    if (response.ok) found.replaceChildren(foundBackup(response.found, locale, { restore, cancel }));
    else fail(BACKUP_FAILURES[response.failure]);
  }

  function cancel(): void {
    file.input.value = "";
    found.replaceChildren();
    file.input.focus();
  }

  async function restore(seen: FoundBackup, withSettings: boolean): Promise<void> {
    const pins = seen.pins.map(({ fromId, kid, checkedBy, added }) => ({ fromId, kid, checkedBy, added }));
    const clashes = seen.clashes.map(({ fromId, kid }) => ({ fromId, kid }));
    const settings = withSettings ? seen.settings : null;
    const request = { pins, muted: seen.muted, clashes, settings };
    const said = await sendToBackground("options.restore", request, LOOK_MS).catch(() => undefined);
    if (said?.restored !== true) {
      fail(said === undefined ? "errorText" : "backupFailed");
      return;
    }
    cancel();
    const compare = clashes.length === 0 ? "" : ` ${i18n("backupCompare")}`;
    say(i18n("backupRestored") + compare);
    onRestored();
  }

  file.input.addEventListener("change", () => void look().catch(() => fail("errorText")));
  return element(
    "div",
    { class: "card backup" },
    element(
      "div",
      { class: "backup-save" },
      button(i18n("backupSave"), { testid: "backup-save" }, () => void save().catch(() => fail("errorText"))),
    ),
    file.element,
    found,
    status,
    problem,
  );
}

/** Undefined where it is no text. */
async function textOf(file: File): Promise<string | undefined> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    return undefined;
  }
}
