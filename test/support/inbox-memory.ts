/** The responder's storage in memory, with the semantics that its port documents: entries are kept as text, as in a file. */
import { readStoredEntry, writeStoredEntry } from "../../src/responder/index.ts";
import type { AccountKey, InboxEntry, InboxStorage } from "../../src/responder/index.ts";

/** The bytes behind the storage; two storages over one shelf are two processes over one disk. */
export type Shelf = Map<string, string>;

export interface MemoryInbox extends InboxStorage {
  /** What the next writes do: `full` rejects them, and changes nothing. */
  disk: "works" | "full";
  readonly shelf: Shelf;
}

const nameOf = (account: AccountKey, digest: string): string => `${account.account} ${account.broker} ${digest}`;

export function memoryInbox(shelf: Shelf = new Map()): MemoryInbox {
  const read = (account: AccountKey, digest: string): InboxEntry | undefined => {
    const text = shelf.get(nameOf(account, digest));
    return text === undefined ? undefined : readStoredEntry(text);
  };
  const inbox: MemoryInbox = {
    disk: "works",
    shelf,
    list: async ({ account, broker }) =>
      [...shelf.values()]
        .map(readStoredEntry)
        .filter((entry) => entry.account === account && entry.broker === broker)
        .sort((a, b) => a.received - b.received),
    get: async (account, digest) => read(account, digest),
    insert: async (entry) => {
      if (inbox.disk === "full") throw new Error("The disk is full.");
      if (read(entry, entry.digest) !== undefined) return false;
      shelf.set(nameOf(entry, entry.digest), writeStoredEntry(entry));
      return true;
    },
    remove: async (account, digest) => {
      shelf.delete(nameOf(account, digest));
    },
    replace: async (from, entry) => {
      if (inbox.disk === "full") throw new Error("The disk is full.");
      const now = read(entry, entry.digest);
      if (now === undefined || !from.includes(now.state)) return false;
      shelf.set(nameOf(entry, entry.digest), writeStoredEntry(entry));
      return true;
    },
  };
  return inbox;
}
