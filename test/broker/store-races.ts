/**
 * A request leaves PENDING once, whoever comes at the same time: two devices, two answers, the enquirer who cancels, time
 * that passes, the operator who removes the account, over two connections to one store. What each was told must be what
 * a plain model would tell them, one after the other, in some order.
 */
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../../src/broker/store/index.ts";
import type { RequestStatus } from "../../src/protocol/index.ts";
import { inClear } from "../support/signing.ts";
import type { StoreFactory } from "./store-suite.ts";

const NOW = 1_800_000_000_000;
const EXPIRE = NOW + 60_000;
const DEVICES = ["ONE", "TWO"] as const;
const jws = (payload: string) => ({ payload, signatures: [{ protected: "p", signature: "s" }] });

/** What one party does. */
type Act =
  | { readonly by: "answer"; readonly device: string; readonly value: "yes" | "no" }
  | { readonly by: "refuse" | "revoke"; readonly device: string }
  | { readonly by: "cancel" | "expire" | "sweep" | "remove" };

/** When, and through which connection. */
interface Move {
  readonly act: Act;
  /** After the request's time. */
  readonly late: boolean;
  readonly connection: 0 | 1;
  /** How many turns of the event loop it comes after the first. */
  readonly turns: number;
}

interface State {
  readonly status: RequestStatus;
  /** The digest of the stored answer. */
  readonly answer: string;
  /** Devices that may answer. */
  readonly active: readonly string[];
  readonly removed: boolean;
}

const START: State = { status: "PENDING", answer: "", active: DEVICES, removed: false };
const digestOf = (act: Act): string => (act.by === "answer" ? `${act.device} says ${act.value}` : "");

/** What the act does to the request and what its caller is told. */
function step(state: State, { act, late }: Move): readonly [State, unknown] {
  const isPending = state.status === "PENDING";
  const ended: State = { ...state, status: late ? "EXPIRED" : act.by === "cancel" ? "ECANCEL" : "BCANCEL" };
  switch (act.by) {
    case "answer":
    case "refuse": {
      const status = act.by === "answer" ? "REPLY" : "REFUSED";
      if (!state.active.includes(act.device)) return [state, { kind: "stranger" }];
      if (isPending && late) return [ended, { kind: "over", state: "EXPIRED", now: true }];
      if (isPending) return [{ ...state, status, answer: digestOf(act) }, { kind: "settled" }];
      if (state.status === status && state.answer === digestOf(act)) return [state, { kind: "same" }];
      if (state.status === "REPLY" || state.status === "REFUSED") return [state, { kind: "different" }];
      return [state, { kind: "over", state: state.status, now: false }];
    }
    case "cancel":
      return isPending ? [ended, true] : [state, false];
    case "expire":
    case "sweep":
      return isPending && late ? [ended, true] : [state, false];
    case "revoke": {
      if (!state.active.includes(act.device)) return [state, undefined];
      const active = state.active.filter((kid) => kid !== act.device);
      return isPending && active.length === 0 ? [{ ...ended, active }, [ended.status]] : [{ ...state, active }, []];
    }
    case "remove":
      if (state.removed) return [state, undefined];
      return isPending
        ? [{ ...ended, active: [], removed: true }, [ended.status]]
        : [{ ...state, active: [], removed: true }, []];
  }
}

/** The states that `told` may have led to, over all orders of the moves. */
function explained(from: State, moves: readonly Move[], told: readonly unknown[]): readonly State[] {
  if (moves.length === 0) return [from];
  return moves.flatMap((move, index) => {
    const [state, says] = step(from, move);
    if (JSON.stringify(says) !== JSON.stringify(told[index])) return [];
    const others = <T>(all: readonly T[]): readonly T[] => all.filter((_, at) => at !== index);
    return explained(state, others(moves), others(told));
  });
}

const device = fc.constantFrom(...DEVICES, ...DEVICES, "STRANGER");
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ by: fc.constant("answer" as const), device, value: fc.constantFrom("yes", "no") }),
  },
  { weight: 4, arbitrary: fc.record({ by: fc.constantFrom("refuse", "revoke"), device }) },
  { weight: 4, arbitrary: fc.record({ by: fc.constantFrom("cancel", "expire", "sweep", "remove") }) },
);
const move: fc.Arbitrary<Move> = fc.record({
  act,
  late: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  connection: fc.constantFrom(0, 1),
  turns: fc.nat(3),
});

export function storeRaces(factory: () => Promise<StoreFactory>): void {
  describe("the end of a request, whoever comes at the same time", () => {
    let made: StoreFactory;
    let stores: readonly [Store, Store];
    let count = 0;
    beforeEach(async () => {
      made = await factory();
      stores = [await made.open(), await made.open()];
    });
    afterEach(async () => {
      for (const store of stores) await store.close();
      await made.discard();
    });

    /** A request of an account of its own with two active devices. */
    async function pendingRequest(): Promise<{ account: string; brokerId: string; sequence: number }> {
      const [store] = stores;
      count += 1;
      const [account, brokerId] = [`user-${String(count)}@example.com`, `BROKER-${"A".repeat(count)}`];
      await store.addAccount(account, NOW);
      for (const kid of DEVICES) {
        await store.addCode({ account, code: "ABCDEFGHIJKLMNOP", now: NOW, expires: NOW + 600_000 });
        const codeId = (await store.codes(account, NOW)).at(-1)?.id ?? -1;
        const signingKey = { kty: "EC", crv: "P-256", x: kid, y: kid };
        await store.connectDevice(
          { account, kid, name: kid, signingKey, profile: jws(kid), changesKeys: false, now: NOW },
          { by: "code", codeId },
        );
      }
      await made.letIn(account, "TWO");
      const outcome = await store.addRequest(
        {
          ...{ brokerId, account, digest: `digest-${String(count)}`, signerKid: "SIGNER", postedBy: undefined },
          ...{ enquirerId: undefined, enquirerIdSigned: false, fromId: "bank@bank.example", draft: "01" },
          ...{ request: jws("request"), received: NOW, expire: EXPIRE },
        },
        undefined,
      );
      if (outcome.kind !== "added") throw new Error(outcome.kind);
      return { account, brokerId, sequence: outcome.sequence };
    }

    async function perform(
      { act: wanted, late, connection, turns }: Move,
      { account, brokerId, sequence }: Awaited<ReturnType<typeof pendingRequest>>,
    ): Promise<unknown> {
      const store = stores[connection];
      const now = late ? EXPIRE : NOW;
      for (let passed = 0; passed < turns; passed++) await turn();
      switch (wanted.by) {
        case "answer": {
          const digest = digestOf(wanted);
          const { kind, ...more } = await store.answer({
            ...{ sequence, deviceKid: wanted.device, digest, response: jws(digest), now },
          });
          return kind === "settled" ? { kind } : { kind, ...more };
        }
        case "refuse":
          return store.refuse({ sequence, deviceKid: wanted.device, now });
        case "revoke":
          return (await store.revokeDevice({ account, kid: wanted.device, revocation: undefined, now }))?.map(
            ({ state }) => state,
          );
        case "cancel":
          return store.cancel(sequence, now);
        case "expire":
          return store.expire(sequence, now);
        case "sweep":
          return (await store.expireDue(now, 1000)).some((settled) => settled.brokerId === brokerId);
        case "remove":
          return (await store.removeAccount(account, now))?.map(({ state }) => state);
      }
    }

    it("is one end, and everybody is told what fits it, in some order", { timeout: 120_000 }, async () => {
      const rounds = fc.array(fc.array(move, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(rounds, async (groups) => {
          const request = await pendingRequest();
          let states: readonly State[] = [START];
          for (const moves of groups) {
            const told = await Promise.all(moves.map((one) => perform(one, request)));
            states = states.flatMap((state) => explained(state, moves, told));
            expect(states, JSON.stringify(told)).not.toEqual([]);
            const ends = new Set(states.map(({ status, answer }) => `${status} ${answer}`));
            for (const store of stores) {
              const stored = await store.request(request.brokerId);
              expect([...ends]).toContain(
                `${String(stored?.state)} ${stored?.response === undefined ? "" : inClear(stored.response).payload}`,
              );
            }
          }
        }),
        { numRuns: 120 },
      );
    });

    const answer = (who: string, value: "yes" | "no", late = false): Move["act"] & { readonly late: boolean } => ({
      by: "answer",
      device: who,
      value,
      late,
    });
    it.each<[string, readonly (Act & { readonly late?: boolean })[]]>([
      ["an answer and a cancellation", [answer("ONE", "yes"), { by: "cancel" }]],
      ["an answer and its expiry", [answer("ONE", "yes"), { by: "expire", late: true }]],
      ["an answer and the sweep", [answer("ONE", "yes"), { by: "sweep", late: true }]],
      ["a cancellation and its expiry", [{ by: "cancel" }, { by: "expire", late: true }]],
      ["two devices", [answer("ONE", "yes"), answer("TWO", "yes")]],
      ["two different answers of one device", [answer("ONE", "yes"), answer("ONE", "no")]],
      ["an answer and a refusal", [answer("ONE", "yes"), { by: "refuse", device: "TWO" }]],
      ["an answer and the removal of the account", [answer("ONE", "yes"), { by: "remove" }]],
      ["an answer and the revocation of its device", [answer("ONE", "yes"), { by: "revoke", device: "ONE" }]],
      [
        "the revocation of both devices",
        [
          { by: "revoke", device: "ONE" },
          { by: "revoke", device: "TWO", late: true },
        ],
      ],
      ["a cancellation and the removal of the account", [{ by: "cancel" }, { by: "remove" }]],
    ])("%s: one wins, and both are told which, through either connection", async (_, acts) => {
      for (const order of [acts, acts.toReversed()]) {
        for (const connection of [0, 1] as const) {
          const request = await pendingRequest();
          const moves = order.map(({ late = false, ...one }, index): Move => {
            return { act: one, late, connection: index === 0 ? connection : 0, turns: 0 };
          });
          const told = await Promise.all(moves.map((one) => perform(one, request)));
          const [end] = explained(START, moves, told);
          expect(end, JSON.stringify(told)).toBeDefined();
          expect((await stores[0].request(request.brokerId))?.state).toBe(end?.status);
        }
      }
    });
  });
}
