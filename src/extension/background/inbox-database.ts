/** The inbox in the extension's database. Each conditional write reads and writes in one transaction. */
import { ProtocolError } from "../../protocol/index.ts";
import {
  type AccountKey,
  type InboxEntry,
  type InboxStorage,
  readStoredEntry,
  writeStoredEntry,
} from "../../responder/index.ts";
import { BY_ACCOUNT, transact } from "./database.ts";

/** A row: the key, beside the entry as text. */
interface Row {
  readonly account: string;
  readonly broker: string;
  readonly digest: string;
  readonly entry: string;
}

function rowOf(entry: InboxEntry): Row {
  const { account, broker, digest } = entry;
  return { account, broker, digest, entry: writeStoredEntry(entry) };
}

/** The entry of a row; undefined for one that somebody damaged or moved: it spoils no other, and is never shown. */
function entryOf(row: unknown): InboxEntry | undefined {
  if (typeof row !== "object" || row === null || !("entry" in row) || typeof row.entry !== "string") return undefined;
  try {
    const entry = readStoredEntry(row.entry);
    const names = ["account", "broker", "digest"] as const;
    return names.every((name) => Reflect.get(row, name) === entry[name]) ? entry : undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** The storage port over an open database. */
export function inboxDatabase(database: IDBDatabase): InboxStorage {
  const keyOf = (account: AccountKey, digest: string): IDBValidKey => [account.account, account.broker, digest];

  return {
    list: async (account) => {
      const rows = await transact<readonly unknown[]>(
        database,
        "inbox",
        "readonly",
        (store, done) => {
          const request = store.index(BY_ACCOUNT).getAll([account.account, account.broker]);
          request.onsuccess = () => done(request.result);
        },
        [],
      );
      return rows.flatMap((row) => entryOf(row) ?? []).sort((a, b) => a.received - b.received);
    },
    get: async (account, digest) =>
      entryOf(
        await transact<unknown>(
          database,
          "inbox",
          "readonly",
          (store, done) => {
            const request = store.get(keyOf(account, digest));
            request.onsuccess = () => done(request.result);
          },
          undefined,
        ),
      ),
    insert: (entry) =>
      transact(
        database,
        "inbox",
        "readwrite",
        (store, done) => {
          const known = store.getKey(keyOf(entry, entry.digest));
          known.onsuccess = () => {
            if (known.result !== undefined) return;
            store.put(rowOf(entry));
            done(true);
          };
        },
        false,
      ),
    remove: (account, digest) =>
      transact<undefined>(
        database,
        "inbox",
        "readwrite",
        (store) => void store.delete(keyOf(account, digest)),
        undefined,
      ),
    replace: (from, entry) =>
      transact(
        database,
        "inbox",
        "readwrite",
        (store, done) => {
          const request = store.get(keyOf(entry, entry.digest));
          request.onsuccess = () => {
            const now = entryOf(request.result);
            if (now === undefined || !from.includes(now.state)) return;
            store.put(rowOf(entry));
            done(true);
          };
        },
        false,
      ),
  };
}
