/** The extension's storage held by a page of its own, so that the background cannot open it: truly, by the database's own rules. */
import type { TestBrowser, TestTab } from "../each-browser/index.ts";

/** The page that holds it. */
let holder: TestTab | undefined;

/** From now on an attempt to open the storage waits, and a background that is started says nothing. What was stored is lost. */
export async function holdStorage(browser: TestBrowser): Promise<void> {
  // A page of the same origin that says nothing to the background.
  holder = await browser.openTab(browser.url("THIRD-PARTY-NOTICES.txt"));
  await holder.evaluate(async () => {
    const name = "mesh-confirm";
    const held = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
    });
    // Waits for the connection above, and what wants to open it waits for this.
    indexedDB.deleteDatabase(name);
    const newer = indexedDB.open(name, 1000);
    newer.onsuccess = () => newer.result.close();
    Object.assign(globalThis, { letGo: () => held.close() });
  });
  await browser.stopBackground();
}

/** From now on an attempt fails: a newer version of the extension has been here. */
export async function refuseStorage(): Promise<void> {
  await holder?.evaluate(() => (Reflect.get(globalThis, "letGo") as () => void)());
}

/** Lets the storage go. */
export async function releaseStorage(): Promise<void> {
  await holder?.close();
  holder = undefined;
}
