/** What an account's broker says about its devices: profiles, endorsements, revocations. Signed, and no reason to trust. */
import type { CallOptions } from "../client/index.ts";
import { openDeviceProfile, type VerifiedProfile } from "../crypto/index.ts";
import type { Jws } from "../protocol/index.ts";
import { type DeviceStatements, openStatements } from "../receipt/index.ts";
import { callBroker, type LineOptions } from "./broker-line.ts";
import { EnquirerError } from "./errors.ts";

/** A device as the broker names it: its own signature holds, but that it belongs to the account is the broker's word. */
export interface ProfileDevice {
  readonly kid: string;
  readonly profile: Jws;
  /** The fingerprint of the key for presence that it names, if it does. */
  readonly presence: string | undefined;
}

export interface AccountProfile {
  readonly devices: readonly VerifiedProfile[];
  readonly statements: DeviceStatements;
}

/** Where the broker cannot be asked. */
export const NO_PROFILE: AccountProfile = { devices: [], statements: { endorsements: [], revocations: [] } };

/**
 * Asks the broker about an account. What does not verify, or is about another account, is left out.
 *
 * @throws EnquirerError `undeliverable` for an account that the broker does not know, `broker_key_changed`; ClientError
 */
export async function accountProfile(
  line: LineOptions,
  account: string,
  limits: Pick<CallOptions, "timeoutMs"> = {},
): Promise<AccountProfile> {
  const answer = await callBroker(line, "Profile", { Account: account }, limits);
  if (answer.Status >= 300) {
    throw new EnquirerError("undeliverable", answer.StatusDescription ?? "The broker refused.", answer.Status);
  }
  const { Devices = [], Endorsements = [], Revocations = [] } = answer;
  const devices: VerifiedProfile[] = [];
  for (const profile of Devices) {
    const opened = await openDeviceProfile(profile).catch(() => undefined);
    if (opened?.account === account) devices.push(opened);
  }
  return { devices, statements: await openStatements({ endorsements: Endorsements, revocations: Revocations }) };
}
