/**
 * What every storage of the inbox must do (`InboxStorage` in src/responder/ports.ts). An engine's own test gives a factory
 * and calls {@link storageSuite}.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { INBOX_STATES } from "../../src/responder/index.ts";
import type { InboxEntry, InboxState, InboxStorage } from "../../src/responder/index.ts";

export interface InboxFactory {
  /** Opens the same, at first empty, inbox each time it is called, as another process would. */
  readonly open: () => Promise<InboxStorage>;
  /** Throws the inbox away. */
  readonly discard: () => Promise<void>;
}

const ALICE = { account: "alice@example.com", broker: "https://example.com/.well-known/confirm" };
const ELSEWHERE = { ...ALICE, broker: "https://example.net/.well-known/confirm" };
const BOB = { ...ALICE, account: "bob@example.com" };
const NOW = 1_800_000_000_000;

const jws = (payload: string): InboxEntry["request"] => ({
  payload,
  signatures: [{ protected: "cHJvdGVjdGVk", header: { kid: "MBTJV-DPXQT" }, signature: "c2lnbmF0dXJl" }],
});

/** A digest that is made of one sign. */
const digest = (sign: string): string => sign.repeat(43);

function entryOf(more: Partial<InboxEntry> = {}): InboxEntry {
  return {
    ...ALICE,
    digest: digest("A"),
    brokerId: "RBKXX-2Q7AB",
    request: jws("cmVxdWVzdA"),
    postedBy: undefined,
    sequence: undefined,
    state: "received",
    received: NOW,
    expires: NOW + 60_000,
    endorses: false,
    vouched: false,
    presented: undefined,
    answer: undefined,
    refusal: undefined,
    tell: false,
    ended: undefined,
    endedAs: undefined,
    ...more,
  };
}

function answerOf(value: boolean, payload: string): NonNullable<InboxEntry["answer"]> {
  return {
    jws: jws(payload),
    value,
    reason: undefined,
    label: undefined,
    option: undefined,
    at: NOW + 1000,
    attempts: 0,
    nextAttempt: NOW + 1000,
    trust: "pinned",
    delivery: undefined,
    deliveredAt: undefined,
    stamp: undefined,
  };
}

/** An entry with everything that an entry can have. */
const FULL = entryOf({
  digest: digest("F"),
  sequence: 7,
  state: "delivered",
  vouched: true,
  presented: NOW + 500,
  answer: {
    ...answerOf(true, "YW5zd2Vy"),
    label: "Grant access — für 15 Minuten 🙂",
    attempts: 3,
    delivery: "conflict",
    deliveredAt: NOW + 2000,
  },
  refusal: { reason: "text", detail: "A sentence with “quotes” and a\nline feed." },
  ended: NOW + 3000,
  endedAs: "ECANCEL",
});

export function storageSuite(engine: string, factory: () => Promise<InboxFactory>): void {
  describe(`the inbox in ${engine}`, () => {
    let made: InboxFactory;
    let inbox: InboxStorage;
    beforeEach(async () => {
      made = await factory();
      inbox = await made.open();
    });
    afterEach(async () => {
      await made.discard();
    });

    it("is empty at first", async () => {
      expect(await inbox.list(ALICE)).toEqual([]);
      expect(await inbox.get(ALICE, digest("A"))).toBeUndefined();
    });

    it("gives back what was inserted, with everything that an entry can have", async () => {
      expect(await inbox.insert(FULL)).toBe(true);
      expect(await inbox.get(ALICE, FULL.digest)).toEqual(FULL);
      expect(await inbox.list(ALICE)).toEqual([FULL]);
    });

    it("gives back an entry that has nothing but what an entry must have", async () => {
      await inbox.insert(entryOf());
      expect(await inbox.get(ALICE, digest("A"))).toEqual(entryOf());
    });

    it.each(INBOX_STATES)("keeps an entry in the state %s", async (state) => {
      await inbox.insert(entryOf({ state }));
      expect((await inbox.get(ALICE, digest("A")))?.state).toBe(state);
    });

    it("is still there when it is opened again", async () => {
      await inbox.insert(FULL);
      await inbox.replace(["delivered"], { ...FULL, state: "answered" });
      const again = await made.open();
      expect(await again.list(ALICE)).toEqual([{ ...FULL, state: "answered" }]);
    });

    it("lists an account's entries in the order in which they were received, and no others", async () => {
      await inbox.insert(entryOf({ digest: digest("C"), received: NOW + 2 }));
      await inbox.insert(entryOf({ digest: digest("A"), received: NOW + 3 }));
      await inbox.insert(entryOf({ digest: digest("B"), received: NOW + 1 }));
      await inbox.insert(entryOf({ ...BOB, digest: digest("D") }));
      await inbox.insert(entryOf({ ...ELSEWHERE, digest: digest("E") }));
      expect((await inbox.list(ALICE)).map((entry) => entry.digest)).toEqual([digest("B"), digest("C"), digest("A")]);
    });

    it.each(INBOX_STATES)("does not take a digest again that it has as %s, and changes nothing", async (state) => {
      const first = entryOf({ state });
      await inbox.insert(first);
      expect(await inbox.insert(entryOf({ brokerId: "ANOTHER", request: jws("YW5vdGhlcg") }))).toBe(false);
      expect(await inbox.list(ALICE)).toEqual([first]);
    });

    it("takes one digest for two accounts, and for one account at two brokers", async () => {
      expect(await inbox.insert(entryOf())).toBe(true);
      expect(await inbox.insert(entryOf(BOB))).toBe(true);
      expect(await inbox.insert(entryOf(ELSEWHERE))).toBe(true);
      expect(await inbox.replace(["received"], entryOf({ ...BOB, state: "verified" }))).toBe(true);
      expect((await inbox.get(ALICE, digest("A")))?.state).toBe("received");
      expect((await inbox.get(BOB, digest("A")))?.state).toBe("verified");
      expect((await inbox.get(ELSEWHERE, digest("A")))?.state).toBe("received");
    });

    it("replaces an entry that is in one of the states given", async () => {
      await inbox.insert(entryOf({ state: "presented" }));
      expect(await inbox.replace(["verified", "presented"], entryOf({ state: "withdrawn" }))).toBe(true);
      expect((await inbox.get(ALICE, digest("A")))?.state).toBe("withdrawn");
    });

    const others = (...states: readonly InboxState[]) => INBOX_STATES.filter((state) => !states.includes(state));
    it.each(others("presented"))("does not replace an entry that is %s instead of presented", async (state) => {
      await inbox.insert(entryOf({ state }));
      expect(await inbox.replace(["presented"], entryOf({ state: "answered", vouched: true }))).toBe(false);
      expect(await inbox.get(ALICE, digest("A"))).toEqual(entryOf({ state }));
    });

    it("does not replace what is not there, and does not make it", async () => {
      expect(await inbox.replace(INBOX_STATES, entryOf())).toBe(false);
      expect(await inbox.list(ALICE)).toEqual([]);
    });

    it("forgets the one entry that it is told to, and takes it again afterwards", async () => {
      const entries = [entryOf(), entryOf(BOB), entryOf(ELSEWHERE), entryOf({ digest: digest("B") })];
      for (const entry of entries) await inbox.insert(entry);
      await inbox.remove(ALICE, digest("A"));
      await inbox.remove(ALICE, digest("Z"));
      expect(await (await made.open()).list(ALICE)).toEqual([entries[3]]);
      expect(await inbox.list(BOB)).toEqual([entries[1]]);
      expect(await inbox.list(ELSEWHERE)).toEqual([entries[2]]);
      expect(await inbox.insert(entryOf({ received: NOW - 1 }))).toBe(true);
    });

    it("inserts a digest once, however many try at once", async () => {
      const second = await made.open();
      const tries = Array.from({ length: 12 }, (_, index) =>
        entryOf({ brokerId: `TRY-${"ABCDEFGHIJKL".charAt(index)}` }),
      );
      const took = await Promise.all(tries.map((entry, index) => (index % 2 === 0 ? inbox : second).insert(entry)));
      expect(took.filter(Boolean)).toHaveLength(1);
      expect(await inbox.list(ALICE)).toEqual([tries[took.indexOf(true)]]);
    });

    it("stores one of two answers that are given at once, and says which", async () => {
      const second = await made.open();
      for (let round = 0; round < 8; round++) {
        const sign = "STUVWXYZ".charAt(round);
        const shown = entryOf({ digest: digest(sign), state: "presented" });
        await inbox.insert(shown);
        const yes: InboxEntry = { ...shown, state: "answered", answer: answerOf(true, "eWVz") };
        const no: InboxEntry = { ...shown, state: "answered", answer: answerOf(false, "bm8") };
        const [tookYes, tookNo] = await Promise.all([
          inbox.replace(["presented"], yes),
          second.replace(["presented"], no),
        ]);
        expect([tookYes, tookNo].filter(Boolean)).toHaveLength(1);
        expect(await second.get(ALICE, digest(sign))).toEqual(tookYes ? yes : no);
      }
    });

    it("keeps a hundred entries that are written at once", async () => {
      const signs = "ABCDEFGHIJ";
      const entries = Array.from({ length: 100 }, (_, index) =>
        entryOf({
          digest: `${signs.charAt(Math.floor(index / 10))}${signs.charAt(index % 10)}`.padEnd(43, "_"),
          received: NOW + index,
        }),
      );
      await Promise.all(entries.map((entry) => inbox.insert(entry)));
      expect(await inbox.list(ALICE)).toEqual(entries);
    });

    it("does not notice when what it gave out, or took, is changed afterwards", async () => {
      const given = { ...entryOf() };
      await inbox.insert(given);
      Object.assign(given, { state: "answered" });
      const got = await inbox.get(ALICE, digest("A"));
      try {
        Object.assign(got ?? {}, { state: "answered" });
      } catch {
        // A frozen one cannot be changed at all.
      }
      expect((await inbox.get(ALICE, digest("A")))?.state).toBe("received");
    });
  });
}
