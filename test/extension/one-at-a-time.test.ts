import { describe, expect, it } from "vitest";
import { oneAtATime } from "../../src/extension/one-at-a-time.ts";

/** A task whose runs the test ends one by one. */
function heldTask() {
  const ends: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const task = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => {
      ends.push(resolve);
    });
    running -= 1;
  };
  return { task, ends, most: () => most };
}

const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

describe("a task that is kept from overlapping itself", () => {
  it("runs once more, and only once, when it is asked for several times while it runs", async () => {
    const { task, ends, most } = heldTask();
    const look = oneAtATime(task);
    void look();
    void look();
    void look();
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await settle();
    expect(ends).toHaveLength(2);
    ends[1]?.();
    await settle();
    expect(ends).toHaveLength(2);
    expect(most()).toBe(1);
  });

  it("runs again after a failure", async () => {
    let runs = 0;
    const look = oneAtATime(() => {
      runs += 1;
      return Promise.reject(new Error("silent"));
    });
    await expect(look()).rejects.toThrow("silent");
    await expect(look()).rejects.toThrow("silent");
    expect(runs).toBe(2);
  });
});
