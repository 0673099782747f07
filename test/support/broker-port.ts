/**
 * The responder's broker port, played in memory: it lists what it was given, takes answers as a broker does, and can be
 * made unreachable. Whether a broker's word is signed is for the line below the port; here every word counts.
 */
import { openDeviceProfile, openResponse } from "../../src/crypto/index.ts";
import {
  type FlattenedJws,
  isJwe,
  type Jws,
  type JwsOrJwe,
  type RequestEntry,
  type RequestStatus,
} from "../../src/protocol/index.ts";
import type { BrokerPort, Delivered } from "../../src/responder/index.ts";

export class TestBroker implements BrokerPort {
  /** Nothing can be asked of it while this is false. */
  reachable = true;
  /** Whether its list leaves something out for length. */
  complete = true;
  /** What it lists, oldest first. */
  readonly entries: RequestEntry[] = [];
  readonly statuses = new Map<string, RequestStatus>();
  /** The profiles that it gives for an account. */
  readonly profiles = new Map<string, Jws[]>();
  /** Every answer offered, in order. */
  readonly offered: { readonly brokerId: string; readonly answer: JwsOrJwe; readonly value: boolean | undefined }[] =
    [];
  /** What it says to the next answers; then 201. */
  readonly replies: (number | "no word")[] = [];
  /** Stamps answers; undefined where it gives no stamp. */
  stamp: ((brokerId: string, answer: JwsOrJwe) => Promise<FlattenedJws>) | undefined;
  /** The BrokerIDs of which it was told that they are not shown. */
  readonly refused: string[] = [];
  /** How often it was asked for profiles. */
  profileCalls = 0;
  /** Runs while a call is on its way. */
  meanwhile: () => Promise<unknown> = () => Promise.resolve();

  async #call(): Promise<void> {
    await this.meanwhile();
    if (!this.reachable) throw new Error("unreachable");
  }

  async pending(): Promise<{ readonly entries: readonly RequestEntry[]; readonly complete: boolean }> {
    await this.#call();
    return { entries: [...this.entries], complete: this.complete };
  }

  async pendingEntry(_account: unknown, brokerId: string): Promise<RequestEntry | undefined> {
    await this.#call();
    return this.entries.find((entry) => entry.BrokerID === brokerId);
  }

  async statusOf(_account: unknown, brokerId: string): Promise<RequestStatus | undefined> {
    await this.#call();
    return this.statuses.get(brokerId);
  }

  async respond(_account: unknown, brokerId: string, answer: JwsOrJwe): Promise<Delivered> {
    // What is in an envelope no broker sees.
    const value = isJwe(answer) ? undefined : (await openResponse(answer)).value;
    this.offered.push({ brokerId, answer, value });
    await this.#call();
    const reply = this.replies.shift() ?? 201;
    if (reply === "no word") throw new Error("not signed");
    return { status: reply, ...(this.stamp && { stamp: await this.stamp(brokerId, answer) }) };
  }

  async refuse(_account: unknown, brokerId: string): Promise<number> {
    this.refused.push(brokerId);
    await this.#call();
    const reply = this.replies.shift() ?? 201;
    if (reply === "no word") throw new Error("not signed");
    return reply;
  }

  async vouchedKids(_account: unknown, fromId: string): Promise<readonly string[]> {
    this.profileCalls += 1;
    await this.#call();
    const kids: string[] = [];
    for (const profile of this.profiles.get(fromId) ?? []) {
      const { account, signingKey } = await openDeviceProfile(profile);
      if (account === fromId) kids.push(signingKey.kid);
    }
    return kids;
  }
}
