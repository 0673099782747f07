/** A clock that stands still until a test moves it. */
export interface FakeClock {
  /** Milliseconds since 1970. */
  readonly read: () => number;
  /** Moves the clock, back with a negative number. */
  readonly pass: (ms: number) => void;
}

/** A time without meaning: 2030-03-01T12:00:00Z, a whole second. */
export const SOME_TIME = Date.UTC(2030, 2, 1, 12);

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export function fakeClock(start = SOME_TIME): FakeClock {
  let now = start;
  return {
    read: () => now,
    pass: (ms) => {
      now += ms;
    },
  };
}
