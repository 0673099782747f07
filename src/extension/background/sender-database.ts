/**
 * What this device knows and the user wants of single keys that ask: muted, to be blocked, not the pinned one. Each change
 * reads and writes in one transaction.
 */
import type { AccountKey } from "../../responder/index.ts";
import type { BlockState } from "../messages.ts";
import { transact } from "./database.ts";

/** That an account's broker is to take nothing more of this key. */
export interface WantedBlock extends AccountKey {
  /** The request on whose screen it was wanted. */
  readonly digest: string;
  readonly state: BlockState;
  /** How often the broker was tried in vain, and when the next try is due, in milliseconds since 1970. */
  readonly attempts: number;
  readonly nextAttempt: number;
}

/** That this key asked under a name that is pinned with another one. */
export interface Clash {
  /** When the request of it came that is the newest. */
  readonly asked: number;
  /** Whether the user has seen it, and keeps the pin. */
  readonly settled: boolean;
  /** It did not ask: a backup that was restored has it. */
  readonly inBackup?: true;
}

export interface StoredSender {
  readonly kid: string;
  /** The name that it asked under: no more than a claim. */
  readonly fromId: string;
  /** Since when it is muted, in milliseconds since 1970. */
  readonly muted: number | undefined;
  readonly clash: Clash | undefined;
  readonly blocks: readonly WantedBlock[];
}

export interface SenderStore {
  readonly list: () => Promise<readonly StoredSender[]>;
  /** Changes what is known of a key, a new one included; an undefined result leaves it as it is, and then this is false. */
  readonly change: (kid: string, to: (sender: StoredSender) => StoredSender | undefined) => Promise<boolean>;
}

export function isSender(value: unknown): value is StoredSender {
  if (typeof value !== "object" || value === null || !("kid" in value) || !("fromId" in value)) return false;
  return typeof value.kid === "string" && typeof value.fromId === "string" && "blocks" in value;
}

/** The store over an open database. */
export function senderDatabase(database: IDBDatabase): SenderStore {
  return {
    list: async () => {
      const rows = await transact<readonly unknown[]>(
        database,
        "senders",
        "readonly",
        (store, done) => {
          const request = store.getAll();
          request.onsuccess = () => done(request.result);
        },
        [],
      );
      return rows.filter(isSender);
    },
    change: (kid, to) =>
      transact(
        database,
        "senders",
        "readwrite",
        (store, done) => {
          const request: IDBRequest<unknown> = store.get(kid);
          request.onsuccess = () => {
            const known = isSender(request.result) ? request.result : undefined;
            const next = to(known ?? { kid, fromId: "", muted: undefined, clash: undefined, blocks: [] });
            if (next === undefined) return;
            store.put(next);
            done(true);
          };
        },
        false,
      ),
  };
}
