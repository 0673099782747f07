/**
 * The pins of an enquirer: which devices may answer for an account, and which key a broker has. Each says how it came
 * to be trusted, because first use is less than a pin that somebody compared.
 */
import { AccountId, Kid, list, object, oneOf, PublicJwk, type ReadOf, text } from "../protocol/index.ts";
import { type RecordFile, recordFile } from "./record-file.ts";

const Pins = object({
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
});

export type Pins = ReadOf<typeof Pins>;
export type DevicePin = Pins["devices"][number];
export type ServicePin = Pins["services"][number];

/** The pins in a file. */
export function pinsFile(path: string): RecordFile<Pins> {
  return recordFile(path, Pins, { devices: [], services: [] });
}
