/**
 * The pins of an enquirer: which devices may answer for an account, and which key a broker has. Each says how it came
 * to be trusted, because first use is less than a pin that somebody compared. Beside them stands every revocation that
 * was ever seen: what a broker does not tell any more is not forgotten.
 */
import {
  AccountId,
  Jws,
  Kid,
  list,
  object,
  oneOf,
  PublicJwk,
  type ReadOf,
  type Shape,
  text,
} from "../protocol/index.ts";
import { type RecordFile, recordFile } from "./record-file.ts";

const Stored = object(
  {
    devices: list(
      object({ account: AccountId, kid: Kid, how: oneOf("pinned", "first-use"), added: text(20, 35) }),
      0,
      10_000,
    ),
    services: list(
      object(
        { endpoint: text(1, 500), kid: Kid, jwk: PublicJwk, added: text(20, 35) },
        // The keys that this one followed: what they stamped once is still theirs.
        { former: list(Kid, 0, 100) },
      ),
      0,
      1000,
    ),
  },
  {
    /** `by`: the device itself or one that endorsed it, or the broker on recovery. */
    revocations: list(
      object({ account: AccountId, kid: Kid, by: oneOf("device", "service"), revocation: Jws, added: text(20, 35) }),
      0,
      10_000,
    ),
    /** Keys for presence, and the device that names each. */
    presence: list(
      object({ account: AccountId, device: Kid, kid: Kid, how: oneOf("pinned", "first-use"), added: text(20, 35) }),
      0,
      10_000,
    ),
  },
);

/** A file from before there were revocations, or keys for presence, has none. */
export const Pins: Shape<Required<ReadOf<typeof Stored>>> = {
  schema: Stored.schema,
  read: (value, path) => ({ revocations: [], presence: [], ...Stored.read(value, path) }),
};

export type Pins = ReadOf<typeof Pins>;
export type DevicePin = Pins["devices"][number];
export type ServicePin = Pins["services"][number];
export type PresencePin = Pins["presence"][number];
export type StoredRevocation = Pins["revocations"][number];

/** The pins in a file. */
export function pinsFile(path: string): RecordFile<Pins> {
  return recordFile(path, Pins, { devices: [], services: [], revocations: [], presence: [] });
}
