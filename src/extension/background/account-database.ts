/** The accounts in the extension's database, each with its device's non-extractable keys and its broker's pinned key. */
import type { PresenceKey, PublicJwk } from "../../protocol/index.ts";
import type { AccountKey } from "../../responder/index.ts";
import { transact } from "./database.ts";

export interface FollowedKey {
  readonly former: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface StoredPresence {
  readonly key: PresenceKey;
  readonly always: boolean;
  /** Another device of the account is asked whether it counts. */
  readonly waits?: boolean;
}

export interface StoredAccount extends AccountKey {
  readonly deviceName: string;
  readonly signing: CryptoKeyPair;
  readonly encryption: CryptoKeyPair;
  readonly service: PublicJwk;
  /** The key that handed over to `service`, and when that was followed, until the user was told. */
  readonly followed?: FollowedKey | undefined;
  /** What asks the user for a fingerprint or PIN, once that is set up. */
  readonly presence?: StoredPresence;
  /** Milliseconds since 1970. */
  readonly added: number;
}

function isAccount(value: unknown): value is StoredAccount {
  if (typeof value !== "object" || value === null) return false;
  const texts = ["account", "broker", "deviceName"].every(
    (name) => name in value && typeof Reflect.get(value, name) === "string",
  );
  return texts && "signing" in value && "encryption" in value && "service" in value;
}

/** All accounts, in the order in which they were added. */
export async function listAccounts(database: IDBDatabase): Promise<readonly StoredAccount[]> {
  const rows = await transact<readonly unknown[]>(
    database,
    "accounts",
    "readonly",
    (store, done) => {
      const request = store.getAll();
      request.onsuccess = () => done(request.result);
    },
    [],
  );
  return rows.filter(isAccount).sort((a, b) => a.added - b.added);
}

/** Keeps an account; false where it is there already, with its own keys, which are not replaced. */
export function addAccount(database: IDBDatabase, account: StoredAccount): Promise<boolean> {
  return transact(
    database,
    "accounts",
    "readwrite",
    (store, done) => {
      const known = store.getKey([account.account, account.broker]);
      known.onsuccess = () => {
        if (known.result !== undefined) return;
        store.put(account);
        done(true);
      };
    },
    false,
  );
}

/** Changes what is kept of an account; false where it is not there any more. */
export function changeAccount(
  database: IDBDatabase,
  { account, broker }: AccountKey,
  change: Partial<Pick<StoredAccount, "service" | "followed" | "presence">>,
): Promise<boolean> {
  return transact(
    database,
    "accounts",
    "readwrite",
    (store, done) => {
      const known = store.get([account, broker]);
      known.onsuccess = () => {
        if (!isAccount(known.result)) return;
        store.put({ ...known.result, ...change });
        done(true);
      };
    },
    false,
  );
}

/** Forgets an account and its keys. Requests and answers stay, as history. */
export function removeAccount(database: IDBDatabase, { account, broker }: AccountKey): Promise<boolean> {
  return transact(
    database,
    "accounts",
    "readwrite",
    (store, done) => {
      store.delete([account, broker]);
      done(true);
    },
    false,
  );
}
