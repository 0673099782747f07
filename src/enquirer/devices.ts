/**
 * Who may answer for an account: pinned devices, and those that were endorsed from them. Whatever the broker says is
 * checked against the pins; a device that it only names is reported and does not count, one that was ever revoked neither.
 */
import type { VerifiedProfile } from "../crypto/index.ts";
import type { DevicePin, Pins, PresencePin } from "../node/index.ts";
import { formatTime } from "../protocol/index.ts";
import {
  type Endorsement,
  type KnownDevice,
  knownDevices,
  type KnownPresence,
  knownPresence,
  type ReceiptTrust,
} from "../receipt/index.ts";
import { type AccountProfile, accountProfile } from "./account-profile.ts";
import type { LineOptions } from "./broker-line.ts";
import { EnquirerError } from "./errors.ts";
import { noneLeft, rememberRevocations, seenRevocations } from "./revocations.ts";
import type { AnswererRule } from "./types.ts";

/** A device that may answer, and may be encrypted to. */
export interface Answerer {
  readonly kid: string;
  /** Endorsed from a device of first use is no more than first use. */
  readonly how: ReceiptTrust;
  /** Its profile, with its encryption key; undefined where the broker does not name a pinned device. */
  readonly profile: VerifiedProfile | undefined;
  /** The endorsements that lead here from a pin; none for a pinned device. */
  readonly chain: readonly Endorsement[];
  /** Its keys for presence that count. */
  readonly presence: readonly KnownPresence[];
  /** What it says about itself now. */
  readonly named: VerifiedProfile | undefined;
}

type PinnedDevice = Pick<DevicePin, "kid" | "how">;

/**
 * The devices whose answers count for an account, as of now.
 *
 * @param profile - what the broker says; it is asked where that is left out
 * @throws EnquirerError `no_pin`, `device_replaced`, `device_revoked`, `undeliverable`, `broker_key_changed`; ClientError
 */
export async function answerers(
  line: LineOptions,
  account: string,
  rule: AnswererRule,
  profile?: AccountProfile,
): Promise<readonly Answerer[]> {
  await requirePin(line, account, rule);
  const said = profile ?? (await accountProfile(line, account));
  const pins = await pinsOrFirstUse(line, account, rule, said);
  const stored = await line.pins.read();
  const services = stored.services
    .filter((pin) => pin.endpoint === line.endpoint)
    .flatMap((pin) => [pin.kid, ...(pin.former ?? [])]);
  const kids = pins.map((pin) => pin.kid);
  const revoked = await seenRevocations(stored, account);
  const known = knownDevices({ account, devices: kids, services, revoked }, said.statements);
  await rememberRevocations(line, known.values(), services);
  const allowed = [...known.values()].filter((device) => device.revocation === undefined);
  if (allowed.length === 0 && kids.length > 0) throw noneLeft(await line.pins.read(), account, kids);
  reportUnknown(line, account, said, known);
  const presence = await knownPresence(
    { account, devices: kids, services, revoked, presence: presencePins(stored, account).map((pin) => pin.kid) },
    said.statements,
    said.devices,
  );
  return allowed.map((device) => answererOf(device, pins, said, presence));
}

function answererOf(
  { kid, chain }: KnownDevice,
  pins: readonly PinnedDevice[],
  said: AccountProfile,
  presence: readonly KnownPresence[],
): Answerer {
  const named = said.devices.find((device) => device.signingKey.kid === kid);
  const root = chain[0]?.endorser ?? kid;
  const how = pins.find((pin) => pin.kid === root)?.how ?? "first-use";
  return Object.freeze({
    kid,
    how: how === "pinned" && chain.length > 0 ? "endorsed" : how,
    // An endorsed device is exactly what the endorsement says; a pinned one is what its own key says.
    profile: chain.at(-1)?.device ?? named,
    chain,
    presence: presence.filter((one) => one.device === kid),
    named,
  });
}

function reportUnknown(
  line: LineOptions,
  account: string,
  { devices }: AccountProfile,
  known: ReadonlyMap<string, KnownDevice>,
): void {
  const kids = devices.map((device) => device.signingKey.kid).filter((kid) => !known.has(kid));
  if (kids.length > 0) line.notice({ kind: "unpinned_device", account, kids });
}

/** Before the broker is asked anything: there must be somebody whose answer could count. @throws EnquirerError `no_pin` */
async function requirePin(line: LineOptions, account: string, rule: AnswererRule): Promise<void> {
  if (rule.pin !== undefined || rule.trustOnFirstUse === true) return;
  if (pinsOf(await line.pins.read(), account).length > 0) return;
  throw new EnquirerError(
    "no_pin",
    `No device of ${account} is pinned. Compare its fingerprint and pin it, or allow trust on first use.`,
  );
}

/** The named pin, else the stored ones, those that somebody compared before those of first use; else first use now. */
async function pinsOrFirstUse(
  line: LineOptions,
  account: string,
  rule: AnswererRule,
  said: AccountProfile,
): Promise<readonly PinnedDevice[]> {
  if (rule.pin !== undefined) return [{ kid: rule.pin, how: "pinned" }];
  const stored = pinsOf(await line.pins.read(), account);
  return stored.length > 0 || rule.trustOnFirstUse !== true ? stored : firstUse(line, account, said);
}

/** A device that was compared outranks what the broker named: whoever was swapped in on first use is out. */
function pinsOf({ devices }: Pins, account: string): readonly DevicePin[] {
  const stored = devices.filter((pin) => pin.account === account);
  const compared = stored.filter((pin) => pin.how === "pinned");
  return compared.length > 0 ? compared : stored;
}

/** The stored keys of an account: those that somebody compared, for a device that has one, before those of first use. */
function presencePins({ presence }: Pins, account: string): readonly PresencePin[] {
  const stored = presence.filter((pin) => pin.account === account);
  const isCompared = (device: string): boolean => stored.some((pin) => pin.device === device && pin.how === "pinned");
  return stored.filter((pin) => pin.how === "pinned" || !isCompared(pin.device));
}

async function firstUse(line: LineOptions, account: string, said: AccountProfile): Promise<readonly DevicePin[]> {
  const gone = (await line.pins.read()).revocations.filter((one) => one.account === account).map((one) => one.kid);
  const kids = said.devices.map((device) => device.signingKey.kid).filter((kid) => !gone.includes(kid));
  if (kids.length === 0) return [];
  const added = formatTime(line.clock());
  const named = kids.map((kid) => ({ account, kid, how: "first-use", added }) as const);
  let held: readonly DevicePin[] = [];
  await line.pins.change((pins) => {
    // Somebody may have pinned, or been first, in the meantime; first use is once.
    held = pinsOf(pins, account);
    return held.length > 0 ? pins : { ...pins, devices: [...pins.devices, ...named] };
  });
  if (held.length > 0) return held;
  line.notice({ kind: "device_first_use", account, kids });
  return named;
}

/**
 * Stores the pin of a device that was compared; what was only named for the account does not count any more.
 *
 * @throws EnquirerError `device_revoked`
 */
export async function pinDevice(
  line: Pick<LineOptions, "pins" | "clock">,
  account: string,
  kid: string,
): Promise<void> {
  const gone = (await line.pins.read()).revocations.some((one) => one.account === account && one.kid === kid);
  if (gone) throw new EnquirerError("device_revoked", `${kid} was revoked; it cannot be pinned for ${account}.`);
  const pin = { account, kid, how: "pinned", added: formatTime(line.clock()) } as const;
  await line.pins.change((pins) => ({
    ...pins,
    devices: [
      ...pins.devices.filter((other) => other.account !== account || (other.how === "pinned" && other.kid !== kid)),
      pin,
    ],
  }));
}
