/**
 * How many calls the broker works on at once. One that finds no room is refused, before its body is read where that can be
 * seen: so what was taken on keeps its pace, and there is room again as soon as something is done. What asks for something
 * new has half of the room, so a flood of it leaves devices theirs. A call that waits is no work, and is counted apart.
 */
import { Refusal } from "../refusal.ts";
import type { Bounds } from "./bounds.ts";
import type { Shortages } from "./shortages.ts";

/** A call's place among those under way. */
export interface Place {
  /**
   * Gives the place up while the call waits for something that is not this process's work.
   *
   * @returns undefined where so many wait that it may not: then `wait` was not called
   */
  readonly park: <T>(wait: () => Promise<T>) => Promise<{ readonly value: T } | undefined>;
  readonly leave: () => void;
}

/** So many seconds at most: not all come back at the same moment. */
const LONGEST_PAUSE = 4;

export class Admission {
  readonly #bounds: Pick<Bounds, "calls" | "newcomers" | "parked">;
  readonly #shortages: Shortages;
  #calls = 0;
  #newcomers = 0;
  #parked = 0;

  constructor(bounds: Pick<Bounds, "calls" | "newcomers" | "parked">, shortages: Shortages) {
    this.#bounds = bounds;
    this.#shortages = shortages;
  }

  /** Seconds to wait where there is no room for any call, else 0. What is not 0 is a refusal. */
  wait(): number {
    if (this.#calls < this.#bounds.calls) return 0;
    this.#shortages.note("calls");
    return pause();
  }

  /**
   * Takes a place; whoever has it leaves it.
   *
   * @param isNew - whether the call asks for something new
   * @throws Refusal `overloaded`
   */
  enter(isNew: boolean): Place {
    if (this.wait() > 0 || (isNew && this.#newcomers >= this.#bounds.newcomers)) {
      this.#shortages.note("calls");
      throw new Refusal("overloaded", "The broker has more calls than it can answer; try again.", pause());
    }
    const count = (by: 1 | -1): void => {
      this.#calls += by;
      if (isNew) this.#newcomers += by;
    };
    count(1);
    return {
      park: async (wait) => {
        if (this.#parked >= this.#bounds.parked) {
          this.#shortages.note("waits");
          return undefined;
        }
        this.#parked += 1;
        count(-1);
        try {
          return { value: await wait() };
        } finally {
          this.#parked -= 1;
          count(1);
        }
      },
      leave: () => count(-1),
    };
  }
}

function pause(): number {
  return Math.ceil(Math.random() * LONGEST_PAUSE);
}

/** Has no place, and does not wait. */
export const NOWHERE: Place = { park: () => Promise.resolve(undefined), leave: () => undefined };

const FAMILIAR = /^\s*\{\s*"(?:Respond|Pending|Status|Subscribe)Request"/;
const BEGINNING = 64;

/**
 * Whether a message asks for something new, by the name that it begins with. It is not verified: who lies about it gains a
 * place, and loses it again by the check.
 *
 * @param message - its bytes, or these as base64url
 */
export function isNewcomer(message: Uint8Array | string): boolean {
  const bytes =
    typeof message === "string"
      ? Buffer.from(message.slice(0, BEGINNING), "base64url")
      : Buffer.from(message.buffer, message.byteOffset, Math.min(message.length, BEGINNING));
  return !FAMILIAR.test(bytes.toString("latin1"));
}
