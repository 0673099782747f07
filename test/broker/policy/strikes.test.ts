/** When rejections make a cool-down, and how long it is. */
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/broker/policy/index.ts";
import { afterRejection, type Strikes } from "../../../src/broker/store/index.ts";
import { DAY, HOUR, MINUTE, SOME_TIME } from "../../support/fake-clock.ts";

const RULE = DEFAULT_LIMITS.coolDown;

/** What is remembered after rejections at these times. */
function after(...times: readonly number[]): Strikes {
  let strikes: Strikes | undefined;
  for (const time of times) strikes = afterRejection(strikes, SOME_TIME + time, RULE);
  if (strikes === undefined) throw new Error("no rejections");
  return strikes;
}

const round = (at: number): readonly number[] => [at, at + 1, at + 2];

describe("a cool-down", () => {
  it("comes with the third rejection within ten minutes, for ten minutes", () => {
    expect(after(0, MINUTE).until).toBe(0);
    expect(after(0, MINUTE, 10 * MINUTE - 1)).toMatchObject({ rounds: 1, until: SOME_TIME + 20 * MINUTE - 1 });
  });

  it("does not come of rejections that are further apart", () => {
    expect(after(0, MINUTE, 10 * MINUTE).until).toBe(0);
    expect(after(...Array.from({ length: 50 }, (_, index) => index * 5 * MINUTE)).until).toBe(0);
  });

  it("is twice as long each time, up to a day", () => {
    const ends: number[] = [];
    let times: readonly number[] = [];
    let at = 0;
    for (let count = 0; count < 10; count++) {
      times = [...times, ...round(at)];
      const { until } = after(...times);
      ends.push((until - SOME_TIME - at - 2) / MINUTE);
      at = until - SOME_TIME + MINUTE;
    }
    expect(ends).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]);
  });

  it("counts the rejections anew: those that made one make no second", () => {
    expect(after(...round(0), 3, 4).rounds).toBe(1);
    expect(after(...round(0), 3, 4, 5).rounds).toBe(2);
  });

  it("is a first one again when it was quiet for a day", () => {
    expect(after(...round(0), ...round(HOUR)).rounds).toBe(2);
    expect(after(...round(0), ...round(10 * MINUTE + 2 * DAY)).rounds).toBe(1);
  });
});
