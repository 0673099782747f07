/**
 * Which keys for presence count for the devices of an account, to somebody who pinned some keys. That a device signs its
 * profile proves nothing here: presence is to stop whoever has a copy of exactly that key. So a key counts if it is
 * pinned, or if it was let in, by an endorsement of the profile, with a proof of presence by a key that counts.
 */
import { openDeviceProfile, type PresenceKey, type VerifiedProfile } from "../crypto/index.ts";
import { decodeBase64url, type Jws } from "../protocol/index.ts";
import { ReceiptError } from "./errors.ts";
import { verifyPresence } from "./presence.ts";
import { countedEndorsements, isOver, knownDevices, type PinnedKeys } from "./known-devices.ts";
import type { DeviceStatements } from "./statements.ts";

/** A key for presence of a device, to somebody who knows some keys. */
export interface KnownPresence {
  /** The kid of the device. */
  readonly device: string;
  readonly key: PresenceKey;
  /** The profile that names the key. */
  readonly profile: Jws;
  /** `endorsed`: let in, by a device whose own key for presence counts. */
  readonly how: "pinned" | "endorsed";
}

/**
 * The keys for presence that count, of all devices of the account.
 *
 * @param profiles - what devices say about themselves; others are ignored
 * @param pinned.presence - fingerprints of keys for presence
 */
export async function knownPresence(
  pinned: PinnedKeys & { readonly presence: readonly string[] },
  statements: DeviceStatements,
  profiles: readonly VerifiedProfile[],
): Promise<readonly KnownPresence[]> {
  const devices = knownDevices(pinned, statements);
  const links = countedEndorsements(pinned, statements);
  const counted: KnownPresence[] = [];
  const add = ({ signingKey, presence: key, account, jws }: VerifiedProfile, how: KnownPresence["how"]): void => {
    const device = signingKey.kid;
    if (key === undefined || account !== pinned.account || !devices.has(device)) return;
    if (counted.some((one) => one.device === device && one.key.key.kid === key.key.kid)) return;
    counted.push({ device, key, profile: jws, how });
  };
  const said = [...profiles, ...links.map((link) => link.device)];
  for (const one of said) if (pinned.presence.includes(one.presence?.key.kid ?? "")) add(one, "pinned");
  for (let before = -1; before !== counted.length;) {
    before = counted.length;
    for (const link of links) {
      const endorser = devices.get(link.endorser);
      if (endorser === undefined || isOver(endorser, link.created)) continue;
      const keys = counted.filter((one) => one.device === link.endorser);
      if ((await presenceProvedBy(link.jws, keys)) !== undefined) add(link.device, "endorsed");
    }
  }
  return counted;
}

/** Opens profiles; what does not verify says nothing. */
export async function openProfiles(profiles: readonly Jws[]): Promise<readonly VerifiedProfile[]> {
  const opened = await Promise.all(profiles.map((profile) => openDeviceProfile(profile).catch(() => undefined)));
  return opened.filter((one) => one !== undefined);
}

/** The one of these keys that proved presence over an answer; undefined where none did. */
export async function presenceProvedBy(
  answer: Jws,
  keys: readonly KnownPresence[],
): Promise<KnownPresence | undefined> {
  const assertion = answer.signatures[0]?.header?.presence;
  if (assertion === undefined) return undefined;
  for (const one of keys) {
    try {
      await verifyPresence(assertion, decodeBase64url(answer.payload), one.key);
      return one;
    } catch (error) {
      if (!(error instanceof ReceiptError)) throw error;
    }
  }
  return undefined;
}
