/** Backups as the settings ask for them: what is written into one, what a file would add, and adding it. Never keys. */
import { parseAccount } from "../../protocol/index.ts";
import { viewDomain } from "../../srml/index.ts";
import type { ResponseOf, Restoring, Settings } from "../messages.ts";
import { readBackup, writeBackup } from "./backup-form.ts";
import { writeSettings } from "./browser.ts";
import { transact } from "./database.ts";
import { historyKept } from "./history-setting.ts";
import { newOf, rowsOf } from "./merge-backup.ts";
import { isPin, listPins } from "./pin-database.ts";
import { preferences } from "./preferences.ts";
import type { BrowserResponder } from "./responder.ts";
import { isSender } from "./sender-database.ts";

async function settingsNow(): Promise<Settings> {
  return { ...(await preferences()), history: await historyKept() };
}

/** The content of a file. */
export async function makeBackup({
  database,
  senders,
  views,
}: BrowserResponder): Promise<ResponseOf<"options.backup">> {
  const muted = (await senders.list()).filter((sender) => sender.muted !== undefined);
  const kept = { pins: await listPins(database), muted, settings: await settingsNow(), accounts: views() };
  return { backup: writeBackup({ created: Date.now(), ...kept }) };
}

/** What a file would add; nothing is changed. */
export async function lookAtBackup(
  { database, senders, ports, views }: BrowserResponder,
  file: string,
): Promise<ResponseOf<"options.readBackup">> {
  const backup = readBackup(file);
  if (typeof backup === "string") return { ok: false, failure: backup, detail: "" };
  const found = newOf({ pins: await listPins(database), senders: await senders.list() }, backup);
  const domainOf = (id: string): string => parseAccount(id).domain;
  const known = (await ports.pins.knownIds()).map(domainOf);
  // What looks like a name of the same file is as suspicious.
  const brought = [...new Set(backup.pins.map(({ fromId }) => domainOf(fromId)))];
  const pins = found.pins.map((pin) => {
    const own = domainOf(pin.fromId);
    const { resembles, mixesScripts } = viewDomain(own, known);
    return {
      ...pin,
      resembles:
        resembles ??
        viewDomain(
          own,
          brought.filter((one) => one !== own),
        ).resembles,
      mixesScripts,
    };
  });
  const { theme, notifications, history } = await settingsNow();
  const isOther = JSON.stringify(backup.settings) !== JSON.stringify({ theme, notifications, history });
  const here = new Set(views().map(({ account, broker }) => `${account} ${broker}`));
  return {
    ok: true,
    found: {
      ...{ created: backup.created, pins, muted: found.muted, clashes: found.clashes },
      settings: isOther ? backup.settings : null,
      accounts: backup.accounts.filter(({ account, broker }) => !here.has(`${account} ${broker}`)),
    },
  };
}

/** Adds what was shown: all of it, or nothing where this is false. */
export async function restoreBackup({ database }: BrowserResponder, restoring: Restoring): Promise<boolean> {
  const { settings } = restoring;
  const before = await settingsNow();
  try {
    if (settings !== null) await writeSettings({ ...settings });
    return await write(database, restoring);
  } catch {
    if (settings !== null) await writeSettings({ ...before });
    return false;
  }
}

function write(database: IDBDatabase, restoring: Restoring): Promise<boolean> {
  return transact(
    database,
    ["pins", "senders"],
    "readwrite",
    (pins, done, transaction) => {
      const senders = transaction.objectStore("senders");
      const [known, heard]: IDBRequest<unknown[]>[] = [pins.getAll(), senders.getAll()];
      if (known === undefined || heard === undefined) return;
      heard.onsuccess = () => {
        const kept = { pins: known.result.filter(isPin), senders: heard.result.filter(isSender) };
        const rows = rowsOf(kept, restoring, Date.now());
        for (const pin of rows.pins) pins.put(pin);
        for (const sender of rows.senders) senders.put(sender);
        done(true);
      };
    },
    false,
  );
}
