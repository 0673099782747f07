/**
 * Which devices of an account somebody knows who pinned some keys: the pinned devices, and those that were endorsed from
 * them, link by link. Every device is taken in once, so no circle of endorsements can carry itself.
 */
import type { VerifiedRevocation } from "../crypto/index.ts";
import type { Endorsement } from "./endorsement.ts";
import type { DeviceStatements } from "./statements.ts";

/** What is known beforehand. */
export interface PinnedKeys {
  /** Account id, domain in lower case. */
  readonly account: string;
  /** Kids of the account's devices. */
  readonly devices: readonly string[];
  /** Kids of the broker's keys. */
  readonly services: readonly string[];
  /** Revocations that counted before, when it could be seen who may sign them. */
  readonly revoked?: readonly VerifiedRevocation[];
}

export interface KnownDevice {
  readonly kid: string;
  /** The endorsements that lead here from a pinned device; none for a pinned one. */
  readonly chain: readonly Endorsement[];
  /** The earliest revocation that counts. */
  readonly revocation: VerifiedRevocation | undefined;
}

/**
 * The devices of the account that are known, revoked ones included, by kid.
 *
 * An endorsement counts if its request is signed by a pinned service key and its answer by a known device before that
 * one was revoked.
 */
export function knownDevices(pinned: PinnedKeys, statements: DeviceStatements): ReadonlyMap<string, KnownDevice> {
  const known = new Map<string, KnownDevice>();
  const add = (kid: string, chain: readonly Endorsement[]): void => {
    known.set(kid, { kid, chain, revocation: revocationOf(kid, pinned, statements) });
  };
  for (const kid of pinned.devices) add(kid, []);
  const links = countedEndorsements(pinned, statements);
  for (let before = -1; before !== known.size;) {
    before = known.size;
    for (const link of links) {
      const from = known.get(link.endorser);
      const { kid } = link.device.signingKey;
      if (from === undefined || known.has(kid) || isOver(from, link.created)) continue;
      add(kid, [...from.chain, link]);
    }
  }
  return known;
}

/** True where the device was revoked at that moment; of the same second nobody knows, so it was. */
export function isOver({ revocation }: Pick<KnownDevice, "revocation">, moment: number): boolean {
  return revocation !== undefined && moment >= revocation.created;
}

/** The endorsements that the broker's pinned key asked for and that say yes; whether their endorser counts is not looked at. */
export function countedEndorsements(
  { account, services }: PinnedKeys,
  statements: DeviceStatements,
): readonly Endorsement[] {
  return statements.endorsements.filter(
    (one) => one.value && one.account === account && services.includes(one.service),
  );
}

/** A device is revoked by itself, by one that endorsed it, or by the service. */
function revocationOf(kid: string, pinned: PinnedKeys, statements: DeviceStatements): VerifiedRevocation | undefined {
  const endorsers = countedEndorsements(pinned, statements)
    .filter((one) => one.device.signingKey.kid === kid)
    .map((one) => one.endorser);
  const entitled = [kid, ...endorsers, ...pinned.services];
  return [...statements.revocations.filter((one) => entitled.includes(one.signer.kid)), ...(pinned.revoked ?? [])]
    .filter((one) => one.account === pinned.account && one.kid === kid)
    .sort((a, b) => a.created - b.created)[0];
}
