/**
 * What restoring adds to what is here. It only adds: a name that is pinned gets no further key and loses none, so whoever made
 * the file cannot speak as a sender whom this user has pinned; what contradicts a pin is for the user to compare. Pure.
 */
import type { NamedKey, PinView, Restoring } from "../messages.ts";
import type { StoredSender } from "./sender-database.ts";

export interface Kept {
  readonly pins: readonly PinView[];
  readonly senders: readonly StoredSender[];
}

/** What of it is not here yet; a pin of a name that is pinned with other keys is a clash. */
export function newOf(
  { pins, senders }: Kept,
  wanted: Pick<Restoring, "pins" | "muted">,
): Pick<Restoring, "pins" | "muted" | "clashes"> {
  const names = new Set(pins.map(({ fromId }) => fromId));
  const here = new Set(pins.map(nameOf));
  const muted = new Set(senders.flatMap((sender) => (sender.muted === undefined ? [] : [sender.kid])));
  return {
    pins: wanted.pins.filter(({ fromId }) => !names.has(fromId)),
    clashes: wanted.pins.filter((pin) => names.has(pin.fromId) && !here.has(nameOf(pin))),
    muted: wanted.muted.filter(({ kid }) => !muted.has(kid)),
  };
}

const nameOf = ({ fromId, kid }: NamedKey): string => `${fromId} ${kid}`;

/** The rows that are to be written. @param now - milliseconds since 1970 */
export function rowsOf(kept: Kept, { pins, muted, clashes }: Restoring, now: number): Kept {
  const added = newOf(kept, { pins, muted });
  const rows = new Map(kept.senders.map((sender) => [sender.kid, sender]));
  const rowOf = ({ kid, fromId }: NamedKey): StoredSender =>
    rows.get(kid) ?? { kid, fromId, muted: undefined, clash: undefined, blocks: [] };
  const changed = new Map<string, StoredSender>();
  const change = (row: StoredSender): void => {
    rows.set(row.kid, row);
    changed.set(row.kid, row);
  };
  for (const key of added.muted) change({ ...rowOf(key), muted: now });
  // What was shown as contradicting a pin is never added, whatever became of that pin since; and no alarm that a real
  // request raised is written over.
  for (const key of [...clashes, ...added.clashes]) {
    const row = rowOf(key);
    if (row.clash !== undefined && !row.clash.settled) continue;
    change({ ...row, fromId: key.fromId, clash: { asked: now, settled: false, inBackup: true } });
  }
  return { pins: added.pins.map((pin) => ({ ...pin, restored: now })), senders: [...changed.values()] };
}
