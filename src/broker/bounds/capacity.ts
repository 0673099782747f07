/** What one broker can take on, at work: its bounds, and who counts against them. */
import type { Log } from "../log.ts";
import { Admission } from "./admission.ts";
import type { Bounds } from "./bounds.ts";
import { Room } from "./room.ts";
import { Shortages } from "./shortages.ts";

export interface Capacity {
  readonly bounds: Bounds;
  readonly shortages: Shortages;
  readonly admission: Admission;
  /** What bodies hold that are still coming. */
  readonly bodies: Room;
  /** What answers hold that are not taken yet. */
  readonly answers: Room;
  /** What the frames of push channels hold that are not taken yet. */
  readonly frames: Room;
  readonly close: () => void;
}

const LOOK_MS = 1000;

/** @param slowMs - how long a caller may take for an answer or a frame, in milliseconds; for a body HTTP says how long */
export function newCapacity(bounds: Bounds, slowMs: number, log: Log): Capacity {
  const shortages = new Shortages(log);
  const room = (bytes: number, longestMs: number): Room =>
    new Room({ bytes, longestMs, onFull: () => shortages.note("memory") });
  const bodies = room(bounds.bodyBytes, Infinity);
  const answers = room(bounds.answerBytes, slowMs);
  const frames = room(bounds.frameBytes, slowMs);
  const looking = setInterval(() => {
    for (const one of [shortages, answers, frames]) one.look();
  }, LOOK_MS).unref();
  return {
    bounds,
    shortages,
    admission: new Admission(bounds, shortages),
    bodies,
    answers,
    frames,
    close: () => clearInterval(looking),
  };
}
