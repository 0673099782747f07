/** One confirmation of a broker that is about to be killed: what was asked of it, and what it acknowledged. */
import { isDeepStrictEqual } from "node:util";
import type { StoredRequest } from "../../../src/broker/store/index.ts";
import { type SigningKey, signResponse } from "../../../src/crypto/index.ts";
import type { JsonObject, Jws } from "../../../src/protocol/index.ts";
import { HOUR } from "../../support/fake-clock.ts";
import type { Message } from "../../support/http.ts";
import { pick, type Random } from "../../support/random.ts";
import { ALICE, signedRequest } from "../../support/signing.ts";

/** Posts a message; undefined where the line broke or the broker said 503, so that nobody knows what became of it. */
export type Post = (message: object) => Promise<Message | undefined>;

/** What its ends do: one of them, or two at the same time that exclude each other. */
const PLANS = ["yes", "yes", "yes", "cancel", "yes or no", "yes or cancel", "nothing"] as const;

export class Confirmation {
  readonly request: Jws;
  readonly #plan: (typeof PLANS)[number];
  readonly #yes: Jws;
  readonly #no: Jws;
  brokerId: string | undefined;
  /** What was acknowledged as the end: an answer's bytes, or a cancellation. */
  readonly acknowledged: (Jws | "ECANCEL")[] = [];
  #isDone = false;

  private constructor(plan: (typeof PLANS)[number], request: Jws, yes: Jws, no: Jws) {
    this.#plan = plan;
    [this.request, this.#yes, this.#no] = [request, yes, no];
  }

  static async prepare(random: Random, bank: SigningKey, device: SigningKey): Promise<Confirmation> {
    const plan = pick(random, PLANS);
    const created = Date.now();
    const request = await signedRequest(bank, { created, expire: created + HOUR });
    const answer = (value: boolean) => signResponse(device, { signedRequest: request, value, created });
    return new Confirmation(plan, request, await answer(true), await answer(false));
  }

  /** Whether there is nothing left to ask for, or to ask again. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Asks for all that is not acknowledged yet, also for what was asked before: as clients do whose line broke. */
  async go(post: Post): Promise<void> {
    if (this.#isDone) return;
    const posted = await post({ EnquireRequest: { Request: { Request: this.request, ResponderAccount: ALICE } } });
    if (posted === undefined) return;
    const { body, status } = posted;
    if (status !== 201) throw new Error(`Enquire: ${status} ${posted.sentence}`);
    if (this.brokerId !== undefined && this.brokerId !== body["BrokerID"]) throw new Error("It has two BrokerIDs.");
    this.brokerId = body["BrokerID"] as string;
    const ends = await Promise.all(this.#plan.split(" or ").map((act) => this.#end(act, post)));
    this.#isDone = ends.every(Boolean);
  }

  /** False where it has to be asked again. */
  async #end(act: string, post: Post): Promise<boolean> {
    if (act === "nothing") return true;
    if (act === "cancel") {
      const told = await post({ StatusRequest: { BrokerID: this.brokerId, Cancel: true } });
      const { RequestStatus, Response } = (told?.body["Response"] ?? {}) as JsonObject;
      if (RequestStatus === "ECANCEL") this.acknowledged.push("ECANCEL");
      // It came too late, and is told the answer.
      if (RequestStatus === "REPLY") this.acknowledged.push(Response as unknown as Jws);
      return told !== undefined;
    }
    const jws = act === "yes" ? this.#yes : this.#no;
    const entry = { BrokerID: this.brokerId, RequestStatus: "REPLY", Response: jws };
    const told = await post({ RespondRequest: { Response: entry } });
    if (told?.status === 201) this.acknowledged.push(jws);
    else if (told !== undefined && told.status !== 409 && told.status !== 410) {
      throw new Error(`Respond: ${told.status} ${told.sentence}`);
    }
    return told !== undefined;
  }

  /** What is wrong with what the store holds; undefined for nothing. */
  faultIn(stored: StoredRequest | undefined): string | undefined {
    if (stored === undefined) return this.brokerId === undefined ? undefined : "An acknowledged request is lost.";
    if (this.brokerId !== undefined && stored.brokerId !== this.brokerId) return "It has another BrokerID.";
    const [end, ...others] = this.acknowledged;
    if (others.some((other) => !isDeepStrictEqual(other, end))) return "It was acknowledged to have ended in two ways.";
    if (end === undefined) return undefined;
    if (end === "ECANCEL") {
      return stored.state === "ECANCEL" && stored.response === undefined ? undefined : "A cancelled one came back.";
    }
    if (stored.state !== "REPLY") return `An acknowledged answer is lost: ${stored.state}.`;
    return isDeepStrictEqual(stored.response, end) ? undefined : "The answer has other bytes.";
  }
}
