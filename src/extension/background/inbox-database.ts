/**
 * The inbox in the extension's database. Each conditional write reads and writes in one transaction. A row that cannot be
 * read, because it is damaged or of a newer form, is kept as it is, counted, and hides no other.
 */
import { ProtocolError } from "../../protocol/index.ts";
import {
  type AccountKey,
  type InboxEntry,
  type InboxStorage,
  readStoredEntry,
  writeStoredEntry,
} from "../../responder/index.ts";
import { BY_ACCOUNT, transact } from "./database.ts";

export interface InboxDatabase extends InboxStorage {
  /** How many rows of the account cannot be read. */
  readonly unreadable: (account: AccountKey) => Promise<number>;
  /**
   * Forgets what `which` names of what ended, oldest first; of that the digest stays, so that it is never taken again.
   * Returns how much it was.
   */
  readonly forget: (
    account: AccountKey,
    which: (ended: readonly InboxEntry[]) => readonly InboxEntry[],
  ) => Promise<number>;
}

/** A row: the key, beside the entry as text. */
interface Row {
  readonly account: string;
  readonly broker: string;
  readonly digest: string;
  readonly entry: string;
}

const ENDED: readonly string[] = ["delivered", "expired", "withdrawn", "refused"];

function rowOf(entry: InboxEntry): Row {
  const { account, broker, digest } = entry;
  return { account, broker, digest, entry: writeStoredEntry(entry) };
}

/** Entries by the text that they were read from. */
type Read = ReadonlyMap<string, InboxEntry>;

/**
 * The entry of a row; undefined for one that cannot be read, or was moved: it spoils no other, and is never shown.
 *
 * @param before - what was read before: most entries ended long ago, and reading hundreds of them again is dear
 */
function readRow(row: unknown, before?: Read): readonly [text: string, entry: InboxEntry] | undefined {
  if (typeof row !== "object" || row === null || !("entry" in row) || typeof row.entry !== "string") return undefined;
  try {
    const entry = before?.get(row.entry) ?? readStoredEntry(row.entry);
    const names = ["account", "broker", "digest"] as const;
    return names.every((name) => Reflect.get(row, name) === entry[name]) ? [row.entry, entry] : undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function entryOf(row: unknown): InboxEntry | undefined {
  return readRow(row)?.[1];
}

/** The storage port over an open database. */
export function inboxDatabase(database: IDBDatabase): InboxDatabase {
  const keyOf = ({ account, broker }: AccountKey, digest: string): IDBValidKey => [account, broker, digest];

  const rowsOf = ({ account, broker }: AccountKey): Promise<readonly unknown[]> =>
    transact<readonly unknown[]>(
      database,
      "inbox",
      "readonly",
      (store, done) => {
        const request = store.index(BY_ACCOUNT).getAll([account, broker]);
        request.onsuccess = () => done(request.result);
      },
      [],
    );
  /** What was read of each account at the last look. */
  const known = new Map<string, Read>();
  const look = async (account: AccountKey): Promise<{ readonly rows: number; readonly read: Read }> => {
    const name = JSON.stringify([account.account, account.broker]);
    const rows = await rowsOf(account);
    const before = known.get(name);
    const read = new Map(rows.map((row) => readRow(row, before)).filter((one) => one !== undefined));
    known.set(name, read);
    return { rows: rows.length, read };
  };
  const list = async (account: AccountKey): Promise<readonly InboxEntry[]> =>
    [...(await look(account)).read.values()].sort((a, b) => a.received - b.received);

  return {
    list,
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
        ["inbox", "digests"],
        "readwrite",
        (store, done, transaction) => {
          const key = keyOf(entry, entry.digest);
          const known = store.getKey(key);
          known.onsuccess = () => {
            if (known.result !== undefined) return;
            const forgotten = transaction.objectStore("digests").getKey(key);
            forgotten.onsuccess = () => {
              if (forgotten.result !== undefined) return;
              store.put(rowOf(entry));
              done(true);
            };
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
    unreadable: async (account) => {
      const { rows, read } = await look(account);
      return rows - read.size;
    },
    forget: async (account, which) => {
      const gone = which((await list(account)).filter(({ state, tell }) => ENDED.includes(state) && !tell));
      if (gone.length === 0) return 0;
      return transact(
        database,
        ["inbox", "digests"],
        "readwrite",
        (store, done, transaction) => {
          for (const { account, broker, digest } of gone) {
            transaction.objectStore("digests").put({ account, broker, digest });
            store.delete(keyOf({ account, broker }, digest));
          }
          done(gone.length);
        },
        0,
      );
    },
  };
}
