/**
 * The bus between transactions, long polls and push channels of one process. A notice is a hint to look into the store
 * again: it may be spurious, and what it says is never believed instead of the store.
 */
import type { Line } from "./line.ts";
import type { PendingRequest, Settled } from "./store/index.ts";

export interface AccountListener {
  /** @param about - the device that it asks about, which does not answer it */
  readonly posted: (request: PendingRequest, about?: string) => void;
  readonly settled: (settled: Settled) => void;
  /** Another process changed something: look at everything again. */
  readonly changed: () => void;
  /** Too many listen to this account, and this one has for longest. */
  readonly crowded: () => void;
}

/** How a wait ended: by a notice, by its time, because the caller went away, or because the broker stops. */
export type Waited = "noticed" | "timeout" | "gone" | "closing";

type Wake = (how: Waited) => void;

/** Thousands that look at once would keep everybody else from the store. */
const AT_ONCE = 100;
const PAUSE_MS = 20;

export class Notices {
  /** By BrokerID and by account. */
  readonly #waits = new Map<string, Set<Wake>>();
  readonly #listeners = new Map<string, Set<AccountListener>>();
  /** Names to look at again, some at a time. */
  readonly #looks = new Set<string>();
  readonly #mostListeners: number;
  #closing = false;

  /** @param mostListeners - how many may listen to one account */
  constructor(mostListeners: number) {
    this.#mostListeners = mostListeners;
  }

  /** Listens to an account; the function returned ends it. */
  listen(account: string, listener: AccountListener): () => void {
    const end = add(this.#listeners, account, listener);
    const all = [...(this.#listeners.get(account) ?? [])];
    if (all.length > this.#mostListeners) all[0]?.crowded();
    return end;
  }

  /**
   * Waits for news of a request. Start it before reading the store, else news between the two is missed.
   *
   * @param ms - how long at most
   */
  wait({ brokerId, account }: Pick<Settled, "brokerId" | "account">, ms: number, line: Line): Promise<Waited> {
    if (this.#closing) return Promise.resolve("closing");
    return new Promise((resolve) => {
      const wake: Wake = (how) => {
        clearTimeout(timer);
        for (const remove of removes) remove();
        forget();
        resolve(how);
      };
      // Another process says which account changed, and not which request.
      const removes = [brokerId, account].map((name) => add(this.#waits, name, wake));
      const timer = setTimeout(wake, ms, "timeout");
      const forget = line.onGone(() => {
        wake("gone");
      });
    });
  }

  posted(request: PendingRequest, about?: string): void {
    for (const listener of [...(this.#listeners.get(request.account) ?? [])]) listener.posted(request, about);
  }

  settled(settled: Settled): void {
    this.#wake([this.#waits.get(settled.brokerId)], "noticed");
    for (const listener of [...(this.#listeners.get(settled.account) ?? [])]) listener.settled(settled);
  }

  /** The account's devices changed: its channels look again, and one of a device that is out closes. */
  devicesChanged(account: string): void {
    for (const listener of [...(this.#listeners.get(account) ?? [])]) listener.changed();
  }

  /** Another process changed something of an account; of any, where it is not known of which. */
  changed(account?: string): void {
    if (account === undefined) {
      const isUnderWay = this.#looks.size > 0;
      for (const name of [...this.#waits.keys(), ...this.#listeners.keys()]) this.#looks.add(name);
      if (!isUnderWay) this.#lookSlowly();
      return;
    }
    this.#wake([this.#waits.get(account)], "noticed");
    for (const listener of [...(this.#listeners.get(account) ?? [])]) listener.changed();
  }

  /** Ends every wait, and lets none begin. */
  close(): void {
    this.#closing = true;
    this.#wake(this.#waits.values(), "closing");
  }

  #lookSlowly(): void {
    let left = AT_ONCE;
    for (const name of this.#looks) {
      if (left === 0) break;
      left -= 1;
      this.#looks.delete(name);
      this.changed(name);
    }
    if (this.#looks.size > 0) setTimeout(() => this.#lookSlowly(), PAUSE_MS).unref();
  }

  #wake(sets: Iterable<ReadonlySet<Wake> | undefined>, how: Waited): void {
    for (const wake of [...sets].flatMap((set) => [...(set ?? [])])) wake(how);
  }
}

function add<T>(sets: Map<string, Set<T>>, name: string, item: T): () => void {
  const set = sets.get(name) ?? new Set<T>();
  sets.set(name, set);
  set.add(item);
  return () => {
    set.delete(item);
    if (set.size === 0 && sets.get(name) === set) sets.delete(name);
  };
}
