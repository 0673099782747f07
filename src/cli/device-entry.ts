/** A device as the broker's store has it, in the form in which the broker lists it to its owner. */
import type { StoredDevice } from "../broker/index.ts";
import { type DeviceEntry, formatTime } from "../protocol/index.ts";

export function deviceEntry({ kid, name, created, lastSeen, state }: StoredDevice): DeviceEntry {
  return {
    Kid: kid,
    DeviceName: name,
    Created: formatTime(created),
    State: state,
    ...(lastSeen === undefined ? {} : { LastSeen: formatTime(lastSeen) }),
  };
}
