/**
 * Verifying a receipt, years later, by anyone: both signatures, the text, the choice, the dates, and whether the device
 * that signed is one that the verifier knows, itself or by endorsements. `Devices` is evidence of what the broker said,
 * never an anchor.
 */
import { type Anchor, anchorDevice } from "./anchor.ts";
import { type VerifiedAnswer, verifyAnswer } from "./answer.ts";
import { Checklist } from "./checklist.ts";
import type { Check } from "./checks.ts";
import type { PinnedKeys } from "./known-devices.ts";
import { type DeviceStatements, openStatements } from "./statements.ts";
import { ReceiptError } from "./errors.ts";
import { knownPresence, type KnownPresence, openProfiles } from "./known-presence.ts";
import { verifyStamp } from "./stamp.ts";
import { readReceipt, type Receipt, type ReceiptTrust } from "./shape.ts";

/** A device that the verifier knows. Without `account` it may answer for any account. */
export interface Pin {
  readonly kid: string;
  readonly account?: string;
}

/** The keys that the verifier knows. */
export interface VerifierPins {
  readonly pins: readonly Pin[];
  /** Kids of brokers: their requests to endorse a device count, and their revocations. */
  readonly services?: readonly string[];
  /** Fingerprints of keys for presence. */
  readonly presence?: readonly string[];
  /**
   * Brokers whose word is enough where no pin leads to the device: their stamp says that an active device of the account
   * answered. Such a broker could make the whole answer up.
   */
  readonly vouching?: readonly string[];
}

export interface VerifiedReceipt extends VerifiedAnswer {
  readonly brokerId: string;
  /** How the enquirer knew the device at the time. */
  readonly trust: ReceiptTrust;
  /** How the verifier knows it. */
  readonly anchor: Anchor;
  /** When the broker took the answer in, by its stamp; undefined without a stamp of a broker that the verifier knows. */
  readonly received: { readonly at: number; readonly serviceKid: string } | undefined;
  /** What was checked, in order. */
  readonly checks: readonly Check[];
}

/** True where one of the pins is this key, for this account. */
export function isPinned(pins: readonly Pin[], account: string, kid: string): boolean {
  return pins.some((pin) => pin.kid === kid && (pin.account === undefined || pin.account === account));
}

/**
 * Verifies a receipt.
 *
 * @param input - the receipt, as written by `writeReceipt` or already read
 * @param known - the keys that the verifier knows
 * @throws ReceiptError any code
 */
export async function verifyReceipt(
  input: Uint8Array | string | Receipt,
  known: VerifierPins,
): Promise<VerifiedReceipt> {
  const receipt = typeof input === "string" || input instanceof Uint8Array ? readReceipt(input) : input;
  const checks = new Checklist();
  const statements = await openStatements({ endorsements: receipt.Endorsements, revocations: receipt.Revocations });
  const pinnedFor = (account: string): PinnedKeys => ({
    account,
    devices: known.pins.filter((pin) => isPinned([pin], account, pin.kid)).map((pin) => pin.kid),
    services: known.services ?? [],
  });
  const answer = await verifyAnswer(receipt.Response, undefined, {
    checks,
    match: receipt.Match,
    presence: ({ request, response: { signer } }) =>
      presenceOf(receipt, signer.kid, { ...pinnedFor(request.toId), presence: known.presence ?? [] }, statements),
  });
  const pinned = pinnedFor(answer.request.toId);
  const received = await checkStamp(receipt, answer, pinned.services, checks);
  const vouching = known.vouching?.find((kid) => kid === received?.serviceKid);
  const anchor = await anchorDevice(answer, pinned, statements, checks, {
    received: received?.at,
    vouching,
  });
  return Object.freeze({
    ...answer,
    brokerId: receipt.BrokerID,
    trust: receipt.Trust,
    anchor,
    received,
    checks: checks.made,
  });
}

/** The keys for presence that count for the device that answered. @throws ReceiptError `presence` where there are none */
async function presenceOf(
  receipt: Receipt,
  device: string,
  pinned: Parameters<typeof knownPresence>[0],
  statements: DeviceStatements,
): Promise<readonly KnownPresence[]> {
  const profiles = await openProfiles(receipt.Devices);
  // A device that only a broker vouches for is looked at as one that is pinned; its keys for presence are not.
  const devices = [...pinned.devices, device];
  const keys = (await knownPresence({ ...pinned, devices }, statements, profiles)).filter(
    (one) => one.device === device,
  );
  if (keys.length > 0) return keys;
  const named = profiles.find((one) => one.signingKey.kid === device)?.presence?.key.kid;
  throw new ReceiptError(
    "presence",
    named === undefined
      ? "The receipt does not name a key for presence of the device that answered."
      : `The device's key for presence is ${named}, by its own word alone: pin that as well, if the user shows it.`,
  );
}

/** A stamp that is there must hold, whoever signed it; it counts where the verifier knows who did. */
async function checkStamp(
  { Stamp: stamp }: Receipt,
  answer: VerifiedAnswer,
  services: readonly string[],
  checks: Checklist,
): Promise<VerifiedReceipt["received"]> {
  if (stamp === undefined) return undefined;
  const { signer, received } = await checks.make("stamp", () => verifyStamp(stamp, answer));
  if (!services.includes(signer.kid)) {
    checks.ignored("stamp", `by ${signer.kid}, which is no broker's key that you know: its date does not count`);
    return undefined;
  }
  checks.passed("stamp", `by the broker's key ${signer.kid}`);
  return Object.freeze({ at: received, serviceKid: signer.kid });
}
