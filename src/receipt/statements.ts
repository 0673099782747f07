/** Opens what devices and broker signed about an account's devices; who of them counts is for `known-devices.ts`. */
import { openRevocation, type VerifiedRevocation } from "../crypto/index.ts";
import type { Jws } from "../protocol/index.ts";
import { type Endorsement, openEndorsement } from "./endorsement.ts";

/** What devices and broker signed about the account's devices; whatever is not about it is ignored. */
export interface DeviceStatements {
  readonly endorsements: readonly Endorsement[];
  readonly revocations: readonly VerifiedRevocation[];
}

/** Opens what a broker or a receipt brings along; what does not verify says nothing. */
export async function openStatements(signed: {
  readonly endorsements: readonly Jws[];
  readonly revocations: readonly Jws[];
}): Promise<DeviceStatements> {
  const verified = async <T>(list: readonly Jws[], open: (jws: Jws) => Promise<T>): Promise<readonly T[]> =>
    (await Promise.all(list.map((jws) => open(jws).catch(() => undefined)))).filter((one) => one !== undefined);
  return {
    endorsements: await verified(signed.endorsements, openEndorsement),
    revocations: await verified(signed.revocations, openRevocation),
  };
}
