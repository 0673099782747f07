/** When Accept and Reject are live. Times are milliseconds on a clock that the test moves. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  arm,
  type Arming,
  type ArmingEvent,
  type Needs,
  startArming,
  verdictOf,
} from "../../../src/extension/popup/arming.ts";

const ARMING_MS = 600;
const PLAIN: Needs = { tick: false, choice: undefined, forbidden: false, checking: false };

/** Plays events, each `[when, what]`, on content that came at 0 in a window with focus. */
function play(events: readonly (readonly [number, ArmingEvent])[], needs = PLAIN, attentive = true): Arming {
  return events.reduce((state, [at, event]) => arm(state, event, at), startArming(needs, attentive, 0));
}

function waitsAt(state: Arming, now: number) {
  return verdictOf(state, now, ARMING_MS).waits;
}

const presented: ArmingEvent = { kind: "presented" };
const read: ArmingEvent = { kind: "read" };
const blur: ArmingEvent = { kind: "attention", attentive: false };
const focus: ArmingEvent = { kind: "attention", attentive: true };

describe("Accept", () => {
  it("is armed 600 ms after the background knows that the request is on the screen, not before", () => {
    const state = play([
      [5, read],
      [100, presented],
    ]);
    expect(waitsAt(state, 699)).toBe("moment");
    expect(waitsAt(state, 700)).toBeUndefined();
  });

  it("is never armed where the background does not confirm", () => {
    expect(waitsAt(play([[5, read]]), 1e9)).toBe("presenting");
  });

  it("waits for the end of the text", () => {
    const state = play([[0, presented]]);
    expect(waitsAt(state, 5000)).toBe("read");
    expect(waitsAt(arm(state, read, 5000), 5000)).toBeUndefined();
  });

  it("disarms when the focus is lost, and needs 600 ms anew after it is back", () => {
    const state = play([
      [0, presented],
      [0, read],
      [1000, blur],
    ]);
    expect(waitsAt(state, 9000)).toBe("attention");
    const back = arm(state, focus, 9000);
    expect(waitsAt(back, 9599)).toBe("moment");
    expect(waitsAt(back, 9600)).toBeUndefined();
  });

  it("does not restart when the window says twice that it has the focus", () => {
    const state = play([
      [0, presented],
      [0, read],
      [590, focus],
    ]);
    expect(waitsAt(state, 600)).toBeUndefined();
  });

  it("restarts when the window is resized", () => {
    const state = play([
      [0, presented],
      [0, read],
      [1000, { kind: "moved" }],
    ]);
    expect(waitsAt(state, 1599)).toBe("moment");
    expect(waitsAt(state, 1600)).toBeUndefined();
  });

  it("is not brought to life by a resize without focus", () => {
    const state = play([
      [0, presented],
      [0, read],
      [10, blur],
      [20, { kind: "moved" }],
    ]);
    expect(waitsAt(state, 5000)).toBe("attention");
  });

  it("waits for a choice among several options, and 600 ms after each choice, which changes what it says", () => {
    const state = play(
      [
        [0, presented],
        [0, read],
      ],
      { ...PLAIN, choice: "choose" },
    );
    expect(waitsAt(state, 1000)).toBe("choose");
    const chosen = arm(state, { kind: "chosen", chosen: true }, 1000);
    expect(waitsAt(chosen, 1599)).toBe("moment");
    expect(waitsAt(chosen, 1600)).toBeUndefined();
  });

  it("waits for a whole code, 600 ms after each change of it, and disarms when it is taken back", () => {
    const state = play(
      [
        [0, presented],
        [0, read],
      ],
      { ...PLAIN, choice: "code" },
    );
    expect(waitsAt(state, 1000)).toBe("code");
    const typed = arm(state, { kind: "chosen", chosen: true }, 1000);
    expect(waitsAt(typed, 1599)).toBe("moment");
    expect(waitsAt(typed, 1600)).toBeUndefined();
    expect(waitsAt(arm(typed, { kind: "chosen", chosen: false }, 2000), 9000)).toBe("code");
  });

  it("waits for the tick where the sender is unverified, and disarms when it is taken back", () => {
    const state = play(
      [
        [0, presented],
        [0, read],
      ],
      { ...PLAIN, tick: true },
    );
    expect(waitsAt(state, 1000)).toBe("tick");
    const ticked = arm(state, { kind: "ticked", ticked: true }, 1000);
    expect(waitsAt(ticked, 1000)).toBeUndefined();
    expect(waitsAt(arm(ticked, { kind: "ticked", ticked: false }, 1001), 1001)).toBe("tick");
  });

  it("does not exist where the sender's key changed", () => {
    const state = play(
      [
        [0, presented],
        [0, read],
      ],
      { ...PLAIN, forbidden: true },
    );
    expect(waitsAt(state, 5000)).toBe("forbidden");
    expect(verdictOf(state, 5000, ARMING_MS).rejectLive).toBe(true);
  });

  it("acts once: after an answer neither button is live", () => {
    const state = play([
      [0, presented],
      [0, read],
      [700, { kind: "acted" }],
    ]);
    expect(verdictOf(state, 5000, ARMING_MS)).toEqual({ waits: "acted", rejectLive: false, again: undefined });
  });

  it("is presented and armed anew after a decision that did not count, and keeps what the user did", () => {
    const state = play(
      [
        [0, presented],
        [0, read],
        [1, { kind: "ticked", ticked: true }],
        [700, { kind: "acted" }],
        [800, { kind: "again" }],
      ],
      { ...PLAIN, tick: true },
    );
    expect(waitsAt(state, 5000)).toBe("presenting");
    expect(waitsAt(arm(state, presented, 5000), 5600)).toBeUndefined();
  });

  it("is dead once the request has expired", () => {
    const state = play([
      [0, presented],
      [0, read],
      [700, { kind: "expired" }],
    ]);
    expect(verdictOf(state, 5000, ARMING_MS)).toEqual({ waits: "expired", rejectLive: false, again: undefined });
  });
});

describe("Reject", () => {
  it("is live 600 ms after the content was presented, read or not, with focus or without", () => {
    const state = play([
      [100, presented],
      [200, blur],
    ]);
    expect(verdictOf(state, 699, ARMING_MS).rejectLive).toBe(false);
    expect(verdictOf(state, 700, ARMING_MS).rejectLive).toBe(true);
  });

  it("stays live when the window is resized", () => {
    const state = play([
      [0, presented],
      [650, { kind: "moved" }],
    ]);
    expect(verdictOf(state, 651, ARMING_MS).rejectLive).toBe(true);
  });
});

const anyEvent: fc.Arbitrary<ArmingEvent> = fc.oneof(
  fc.constantFrom<ArmingEvent>(
    ...(["presented", "moved", "read", "acted", "prompted", "expired", "again"] as const).map((kind) => ({ kind })),
  ),
  fc.boolean().map((attentive): ArmingEvent => ({ kind: "attention", attentive })),
  fc.boolean().map((chosen): ArmingEvent => ({ kind: "chosen", chosen })),
  fc.boolean().map((ticked): ArmingEvent => ({ kind: "ticked", ticked })),
);
const anyHistory = fc.array(fc.tuple(fc.nat(900), anyEvent), { maxLength: 30 });
const anyNeeds = fc.record({
  tick: fc.boolean(),
  choice: fc.constantFrom("choose" as const, "code" as const, undefined),
  forbidden: fc.boolean(),
  checking: fc.boolean(),
});

describe("a sender who is being checked", () => {
  it("keeps Accept waiting and Reject live, until the screen of what was found takes its place", () => {
    const state = play(
      [
        [0, { kind: "presented" }],
        [0, { kind: "read" }],
      ],
      { ...PLAIN, checking: true },
    );
    expect(verdictOf(state, 10_000, ARMING_MS)).toMatchObject({ waits: "checking", rejectLive: true });
  });
});

describe("whatever happens", () => {
  it("Accept is armed only where nothing that disarms it happened in the last 600 ms", () => {
    fc.assert(
      fc.property(anyNeeds, anyHistory, fc.nat(900), (needs, steps, rest) => {
        let now = 0;
        let state = startArming(needs, true, 0);
        let isAttentive = true;
        let disturbed = 0;
        for (const [after, event] of steps) {
          now += after;
          state = arm(state, event, now);
          const isBack = event.kind === "attention" && event.attentive && !isAttentive;
          if (event.kind === "attention") isAttentive = event.attentive;
          if (isBack || ["presented", "moved", "chosen", "again"].includes(event.kind)) disturbed = now;
        }
        now += rest;
        const isArmed = verdictOf(state, now, ARMING_MS).waits === undefined;
        return !isArmed || (isAttentive && now - disturbed >= ARMING_MS);
      }),
    );
  });

  it("a verdict changes by time alone exactly when it said it would", () => {
    fc.assert(
      fc.property(anyNeeds, anyHistory, (needs, steps) => {
        let now = 0;
        let state = startArming(needs, true, 0);
        for (const [after, event] of steps) state = arm(state, event, (now += after));
        const { again, ...before } = verdictOf(state, now, ARMING_MS);
        const until = again ?? 10_000;
        const { again: _, ...after } = verdictOf(state, now + until - 1, ARMING_MS);
        expect(after).toEqual(before);
      }),
    );
  });
});
