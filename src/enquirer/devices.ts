/**
 * Who may answer for an account: pinned devices. The broker's Profile is asked for on first use, if the caller allows that,
 * and as evidence for the receipt; a device that it adds later is reported and does not count.
 */
import { openDeviceProfile } from "../crypto/index.ts";
import type { DevicePin } from "../node/index.ts";
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
export async function profileDevices(line: LineOptions, account: string): Promise<readonly ProfileDevice[]> {
  const answer = await callBroker(line, "Profile", { Account: account });
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
 * The pins that decide about answers of an account, as they are now. Takes the broker's word where there is none and the
 * rule allows first use.
 *
 * @throws EnquirerError `no_pin`, `undeliverable`; ClientError
 */
export async function answerers(
  line: LineOptions,
  account: string,
  rule: AnswererRule,
): Promise<readonly Pick<DevicePin, "kid" | "how">[]> {
  if (rule.pin !== undefined) return [{ kid: rule.pin, how: "pinned" }];
  const stored = (await line.pins.read()).devices.filter((pin) => pin.account === account);
  if (stored.length > 0) return stored;
  if (rule.trustOnFirstUse !== true) {
    throw new EnquirerError(
      "no_pin",
      `No device of ${account} is pinned. Compare its fingerprint and pin it, or allow trust on first use.`,
    );
  }
  return firstUse(line, account);
}

async function firstUse(line: LineOptions, account: string): Promise<readonly Pick<DevicePin, "kid" | "how">[]> {
  const kids = (await profileDevices(line, account)).map((device) => device.kid);
  if (kids.length === 0) return [];
  await pinDevices(line, account, kids, "first-use");
  line.notice({ kind: "device_first_use", account, kids });
  return kids.map((kid) => ({ kid, how: "first-use" }));
}

/** Stores pins; one that was compared is not weakened to first use. */
export async function pinDevices(
  line: Pick<LineOptions, "pins" | "clock">,
  account: string,
  kids: readonly string[],
  how: DevicePin["how"],
): Promise<void> {
  const added = formatTime(line.clock());
  await line.pins.change((pins) => {
    const kept = pins.devices.filter(
      (pin) => pin.account !== account || !kids.includes(pin.kid) || pin.how === "pinned",
    );
    const held = kept.filter((pin) => pin.account === account).map((pin) => pin.kid);
    const fresh = kids.filter((kid) => !held.includes(kid)).map((kid) => ({ account, kid, how, added }));
    return { ...pins, devices: [...kept, ...fresh] };
  });
}
