/**
 * What senders' domains publish about their keys (design §6). A domain is asked when the user presses Check sender, and
 * from then on whenever the popup shows a request of it and what is known is an hour old; never because a request came.
 */
import { ClientError, fetchKeySet, isPublished, type KeySet, keySetUrl } from "../../client/index.ts";
import { parseAccount } from "../../protocol/index.ts";
import type { SenderDomains } from "../../responder/index.ts";
import { transact } from "./database.ts";

export interface AskedDomains extends SenderDomains {
  /** Asks the domain of a FromID now; rejects where the database refuses what it says. */
  readonly ask: (fromId: string) => Promise<void>;
}

/** What a domain said, and when: milliseconds since 1970. */
interface Said {
  readonly domain: string;
  readonly keys: KeySet;
  readonly at: number;
}

interface Failure {
  readonly why: "unreachable" | "malformed";
  readonly at: number;
}

const FRESH_MS = 3600_000;
const FAILED_MS = 60_000;

/** @param changed - called when a domain is being asked, and when it was */
export function senderDomains(database: IDBDatabase, changed: () => void): AskedDomains {
  const running = new Set<string>();
  const failures = new Map<string, Failure>();
  return {
    check: async (fromId, kid) => {
      const { domain } = parseAccount(fromId);
      if (keySetUrl(domain) === undefined) return "none";
      const said = await lastSaid(database, domain);
      if (running.has(domain)) return "running";
      const failure = failures.get(domain);
      if (failure !== undefined && (said === undefined || isWithin(FAILED_MS, failure))) return failure.why;
      if (said === undefined) return "offered";
      if (!isWithin(FRESH_MS, said)) return "due";
      return isPublished(said.keys, fromId, kid) ? "published" : "absent";
    },
    ask: async (fromId) => {
      const { domain } = parseAccount(fromId);
      const url = keySetUrl(domain);
      if (url === undefined || running.has(domain)) return;
      running.add(domain);
      changed();
      try {
        const keys = await fetchKeySet(url, { fetch: (input, init) => fetch(input, init) });
        failures.delete(domain);
        await keep(database, { domain, keys, at: Date.now() });
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        failures.set(domain, { why: error.code === "malformed" ? "malformed" : "unreachable", at: Date.now() });
      } finally {
        running.delete(domain);
        changed();
      }
    },
  };
}

/** A clock that was set back makes nothing younger. */
function isWithin(ms: number, { at }: { readonly at: number }): boolean {
  return Math.abs(Date.now() - at) < ms;
}

function lastSaid(database: IDBDatabase, domain: string): Promise<Said | undefined> {
  return transact<Said | undefined>(
    database,
    "domains",
    "readonly",
    (store, done) => {
      const request: IDBRequest<unknown> = store.get(domain);
      request.onsuccess = () => done(isSaid(request.result) ? request.result : undefined);
    },
    undefined,
  );
}

function isSaid(value: unknown): value is Said {
  return typeof value === "object" && value !== null && "at" in value && "keys" in value && Array.isArray(value.keys);
}

function keep(database: IDBDatabase, said: Said): Promise<boolean> {
  return transact(
    database,
    "domains",
    "readwrite",
    (store, done) => {
      store.put(said);
      done(true);
    },
    false,
  );
}
