/** What the extension has stored, read and changed from a page of its own, as somebody with the profile's files could. */
import type { TestBrowser, TestTab } from "./browser.ts";

export interface StoredRow {
  readonly account: string;
  readonly broker: string;
  readonly digest: string;
  /** The request with its state, as JSON. */
  readonly entry: string;
}

/** Runs a function in the settings page, in a tab that is gone afterwards. */
export async function inSettings<Args extends readonly unknown[], Result>(
  browser: TestBrowser,
  script: (...args: Args) => Result,
  ...args: Args
): Promise<Awaited<Result>> {
  const tab = await browser.openOptions();
  try {
    return await tab.evaluate(script, ...args);
  } finally {
    await tab.close();
  }
}

/** The rows of the inbox; from a tab that is open where another one would take the focus from the popup. */
export async function rowsOf(browser: TestBrowser, tab?: TestTab): Promise<readonly StoredRow[]> {
  const rows = await (tab === undefined ? inSettings(browser, readStore, "inbox") : tab.evaluate(readStore, "inbox"));
  return rows as readonly StoredRow[];
}

/** Runs in a page of the extension: all rows of a store. */
export async function readStore(name: string): Promise<unknown[]> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open("mesh-confirm");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("failed"));
  });
  try {
    return await new Promise((resolve) => {
      const request = database.transaction(name).objectStore(name).getAll();
      request.onsuccess = () => resolve(request.result);
    });
  } finally {
    database.close();
  }
}

/** Runs in a page of the extension: writes rows into a store, and removes those of `gone` by their digest. */
export async function writeStore(name: string, rows: readonly object[], gone: readonly string[]): Promise<void> {
  const database = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open("mesh-confirm");
    request.onsuccess = () => resolve(request.result);
  });
  await new Promise((resolve) => {
    const writing = database.transaction(name, "readwrite");
    writing.oncomplete = resolve;
    for (const row of rows) writing.objectStore(name).put(row);
    const cursor = writing.objectStore(name).openCursor();
    cursor.onsuccess = () => {
      const row = cursor.result?.value as { readonly digest?: string } | undefined;
      if (row?.digest !== undefined && gone.includes(row.digest)) cursor.result?.delete();
      cursor.result?.continue();
    };
  });
  database.close();
}
