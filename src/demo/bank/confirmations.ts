/**
 * Asks the customer's device and waits for its answer. What is asked is on the disk before and after it is posted, so
 * that a bank that was killed goes on waiting; what was not yet posted then is over, and paid nothing.
 */
import type { Enquirer, Posted } from "../../enquirer/index.ts";
import { confirmationText } from "./confirmation-text.ts";
import { markWaiting, paymentOf, settle } from "./ledger.ts";
import type { Payment, PaymentState } from "./model.ts";
import { problemOf } from "./sentences.ts";
import type { StateFile } from "./state-file.ts";
import { verdictOn } from "./verdict.ts";

export interface ConfirmationOptions {
  readonly enquirer: Enquirer;
  readonly file: StateFile;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** How long a request may be answered, in milliseconds. */
  readonly lifeMs: number;
}

type End = Exclude<PaymentState, { kind: "asking" | "waiting" }>;

export class Confirmations {
  readonly #options: ConfirmationOptions;
  readonly #stop = new AbortController();
  readonly #waits = new Map<string, AbortController>();
  readonly #running = new Set<Promise<void>>();

  constructor(options: ConfirmationOptions) {
    this.#options = options;
  }

  /** Takes up what was open when the bank last ended. */
  async resume(): Promise<void> {
    for (const { id, state } of this.#options.file.state.payments) {
      if (state.kind === "asking")
        await this.#end(id, { ...this.#failure("The bank was restarted before it could ask.") });
      if (state.kind === "waiting") this.#run(id, () => this.#follow(id));
    }
  }

  /** Asks about a payment that is `asking`; returns at once. */
  ask(id: string): void {
    this.#run(id, async () => {
      await this.#post(id);
      await this.#follow(id);
    });
  }

  /** The customer gives up: from now on no answer counts. Tells the broker as well as it can. */
  async cancel(id: string): Promise<void> {
    const before = paymentOf(this.#options.file.state, id)?.state;
    await this.#end(id, { kind: "cancelled", at: this.#now() });
    this.#waits.get(id)?.abort();
    const { enquirer } = this.#options;
    const posted = before?.kind === "waiting" ? await enquirer.posted(before.brokerId) : undefined;
    if (posted !== undefined) await this.#withdraw(posted);
  }

  /** Stops waiting and leaves the requests as they are, for `resume`. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }

  async #post(id: string): Promise<void> {
    const { enquirer, file, lifeMs } = this.#options;
    const payment = paymentOf(file.state, id);
    const { link } = file.state;
    if (payment?.state.kind !== "asking" || link === null) return;
    const { deviceKid } = payment.state;
    const posted = await enquirer.post({ to: link.account, request: confirmationText(payment), lifeMs });
    const { brokerId, expire } = posted;
    const state = await file.change((now) => markWaiting(now, id, { kind: "waiting", deviceKid, brokerId, expire }));
    // Cancelled while it was being posted.
    if (paymentOf(state, id)?.state.kind !== "waiting") await this.#withdraw(posted);
  }

  async #follow(id: string): Promise<void> {
    const { enquirer, file } = this.#options;
    const payment = paymentOf(file.state, id);
    const { link } = file.state;
    if (payment?.state.kind !== "waiting" || link === null) return;
    const posted = await enquirer.posted(payment.state.brokerId);
    const end =
      posted === undefined
        ? this.#failure("The bank has lost what it asked.")
        : await this.#answerTo(payment, payment.state, link.account, posted);
    if (end !== undefined) await this.#end(id, end);
  }

  async #answerTo(
    payment: Payment,
    waiting: PaymentState & { kind: "waiting" },
    account: string,
    posted: Posted,
  ): Promise<End | undefined> {
    const given = new AbortController();
    this.#waits.set(payment.id, given);
    try {
      const signal = AbortSignal.any([this.#stop.signal, given.signal]);
      const result = await this.#options.enquirer.wait(posted, { signal, whenGivenUp: "leave" });
      return await verdictOn(payment, waiting, account, result, this.#now());
    } finally {
      this.#waits.delete(payment.id);
    }
  }

  /** Without it the request would be shown until it expires; its answer does not count either way. */
  async #withdraw(posted: Posted): Promise<void> {
    await this.#options.enquirer.status(posted, { Cancel: true }).catch(() => undefined);
  }

  #run(id: string, work: () => Promise<void>): void {
    const run = work()
      .catch((error: unknown) => this.#end(id, { kind: "failed", at: this.#now(), problem: problemOf(error) }))
      .catch((error: unknown) => console.error(error))
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  async #end(id: string, end: End): Promise<void> {
    await this.#options.file.change((state) => settle(state, id, end));
  }

  #failure(reason: string): End {
    return { kind: "failed", at: this.#now(), problem: `${reason} Nothing was paid.` };
  }

  #now(): string {
    return new Date(this.#options.clock()).toISOString();
  }
}
