/**
 * Who may answer for an account: pinned devices. The broker's Profile is asked for on first use, if the caller allows that,
 * and as evidence for the receipt; a device that it adds later is reported and does not count.
 */
import type { CallOptions } from "../client/index.ts";
import { openDeviceProfile } from "../crypto/index.ts";
import type { DevicePin, Pins } from "../node/index.ts";
import { formatTime, type Jws } from "../protocol/index.ts";
import { callBroker, type LineOptions } from "./broker-line.ts";
import { EnquirerError } from "./errors.ts";
import type { AnswererRule } from "./types.ts";

/** A device as the broker names it: its own signature holds, but that it belongs to the account is the broker's word. */
export interface ProfileDevice {
  readonly kid: string;
  readonly profile: Jws;
}

/**
 * The devices that the broker names for an account.
 *
 * @throws EnquirerError `undeliverable` for an account that the broker does not know; ClientError
 */
export async function profileDevices(
  line: LineOptions,
  account: string,
  limits: Pick<CallOptions, "timeoutMs"> = {},
): Promise<readonly ProfileDevice[]> {
  const answer = await callBroker(line, "Profile", { Account: account }, limits);
  if (answer.Status >= 300) {
    throw new EnquirerError("undeliverable", answer.StatusDescription ?? "The broker refused.", answer.Status);
  }
  const devices: ProfileDevice[] = [];
  for (const profile of "Devices" in answer ? (answer.Devices ?? []) : []) {
    const opened = await openDeviceProfile(profile).catch(() => undefined);
    if (opened?.account === account) devices.push({ kid: opened.signingKey.kid, profile });
  }
  return devices;
}

/**
 * The pins that decide about answers of an account, as they are now: those that somebody compared, else those of first
 * use. Takes the broker's word where there is none and the rule allows first use.
 *
 * @throws EnquirerError `no_pin`, `undeliverable`; ClientError
 */
export async function answerers(
  line: LineOptions,
  account: string,
  rule: AnswererRule,
): Promise<readonly Pick<DevicePin, "kid" | "how">[]> {
  if (rule.pin !== undefined) return [{ kid: rule.pin, how: "pinned" }];
  const stored = pinsOf(await line.pins.read(), account);
  if (stored.length > 0) return stored;
  if (rule.trustOnFirstUse !== true) {
    throw new EnquirerError(
      "no_pin",
      `No device of ${account} is pinned. Compare its fingerprint and pin it, or allow trust on first use.`,
    );
  }
  return firstUse(line, account);
}

/** A device that was compared outranks what the broker named: whoever was swapped in on first use is out. */
function pinsOf({ devices }: Pins, account: string): readonly DevicePin[] {
  const stored = devices.filter((pin) => pin.account === account);
  const compared = stored.filter((pin) => pin.how === "pinned");
  return compared.length > 0 ? compared : stored;
}

async function firstUse(line: LineOptions, account: string): Promise<readonly DevicePin[]> {
  const kids = (await profileDevices(line, account)).map((device) => device.kid);
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

/** Stores the pin of a device that was compared; what was only named for the account does not count any more. */
export async function pinDevice(
  line: Pick<LineOptions, "pins" | "clock">,
  account: string,
  kid: string,
): Promise<void> {
  const pin = { account, kid, how: "pinned", added: formatTime(line.clock()) } as const;
  await line.pins.change((pins) => ({
    ...pins,
    devices: [
      ...pins.devices.filter((other) => other.account !== account || (other.how === "pinned" && other.kid !== kid)),
      pin,
    ],
  }));
}
