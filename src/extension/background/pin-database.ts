/** The senders that the user pinned: a name, a key, and how the user checked it. */
import type { SenderPins } from "../../responder/index.ts";
import type { PinView } from "../messages.ts";
import { listAccounts } from "./account-database.ts";
import { transact } from "./database.ts";

export function isPin(value: unknown): value is PinView {
  return (
    typeof value === "object" &&
    value !== null &&
    ["fromId", "kid", "checkedBy"].every((name) => typeof Reflect.get(value, name) === "string")
  );
}

export async function listPins(database: IDBDatabase): Promise<readonly PinView[]> {
  const rows = await transact<readonly unknown[]>(
    database,
    "pins",
    "readonly",
    (store, done) => {
      const request = store.getAll();
      request.onsuccess = () => done(request.result);
    },
    [],
  );
  return rows.filter(isPin);
}

/** @param replaces - in place of every other key of the name */
export function putPin(database: IDBDatabase, pin: PinView, replaces: boolean): Promise<boolean> {
  return transact(
    database,
    "pins",
    "readwrite",
    (store, done) => {
      // Keys are [name, key]: an array sorts after every text.
      if (replaces) store.delete(IDBKeyRange.bound([pin.fromId], [pin.fromId, []]));
      store.put(pin);
      done(true);
    },
    false,
  );
}

export function removePin(database: IDBDatabase, fromId: string, kid: string): Promise<boolean> {
  return transact(
    database,
    "pins",
    "readwrite",
    (store, done) => {
      store.delete([fromId, kid]);
      done(true);
    },
    false,
  );
}

/** The pins as the responder asks for them. */
export function senderPins(database: IDBDatabase): SenderPins {
  return {
    pinnedKids: async (fromId) =>
      (await listPins(database)).filter((pin) => pin.fromId === fromId).map((pin) => pin.kid),
    knownIds: async () => [
      ...(await listPins(database)).map((pin) => pin.fromId),
      ...(await listAccounts(database)).map(({ account }) => account),
    ],
  };
}
