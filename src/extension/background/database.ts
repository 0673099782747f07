/**
 * The extension's one IndexedDB: keys, requests, answers, pins, what domains said, what the user wants of senders. Writes are durable ("strict") before they count; an upgrade
 * never drops what is there.
 */
const NAME = "mesh-confirm";
const VERSION = 3;

/**
 * Accounts with their keys; the inbox; the senders that the user pinned; the domains that were asked about theirs; the keys
 * that the user muted or blocked, or that asked under a name with another pin.
 */
export type StoreName = "accounts" | "inbox" | "pins" | "domains" | "senders";

/** The index of the inbox by account and broker. */
export const BY_ACCOUNT = "account";

function upgrade(database: IDBDatabase, from: number): void {
  if (from < 1) {
    database.createObjectStore("accounts", { keyPath: ["account", "broker"] });
    const inbox = database.createObjectStore("inbox", { keyPath: ["account", "broker", "digest"] });
    inbox.createIndex(BY_ACCOUNT, ["account", "broker"]);
    database.createObjectStore("pins", { keyPath: ["fromId", "kid"] });
  }
  if (from < 2) database.createObjectStore("domains", { keyPath: "domain" });
  if (from < 3) database.createObjectStore("senders", { keyPath: "kid" });
}

/** Opens the database, making or upgrading it. */
export function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = (event) => upgrade(request.result, event.oldVersion);
    request.onblocked = () => reject(new Error("The database is held open by an older version of the extension."));
    request.onerror = () => reject(request.error ?? new Error("The database cannot be opened."));
    request.onsuccess = () => {
      // An update of the extension must not wait for this worker to die.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
  });
}

/** One transaction over one store: `work` only starts requests; what it returns is there once everything is on disk. */
export function transact<T>(
  database: IDBDatabase,
  name: StoreName,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore, done: (result: T) => void) => void,
  otherwise: T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, mode, { durability: "strict" });
    let result = otherwise;
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = () => reject(transaction.error ?? new Error("The storage refused a write."));
    work(transaction.objectStore(name), (value) => {
      result = value;
    });
  });
}
