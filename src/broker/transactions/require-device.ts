/** What only a device of an account may do. */
import type { VerifyKey } from "../../crypto/index.ts";
import type { Origin } from "../call.ts";
import { Refusal } from "../refusal.ts";
import type { Service } from "../service.ts";

/**
 * The caller, if it is known who it is.
 *
 * @throws Refusal `not_authenticated`
 */
export function requireCaller({ caller }: Origin): VerifyKey {
  if (caller === undefined) throw new Refusal("not_authenticated", "This call must be authenticated.");
  return caller;
}

/**
 * The caller, if it is an active device of the account.
 *
 * @param account - account id
 * @throws Refusal `not_authenticated`, `forbidden`
 */
export async function requireDevice(origin: Origin, account: string, { store }: Service): Promise<VerifyKey> {
  const caller = requireCaller(origin);
  const device = await store.device(account, caller.kid);
  if (device?.state === "active") return caller;
  if (device?.state === "pending") {
    throw new Refusal("forbidden", "This device is not active yet: another device of the account must accept it.");
  }
  throw new Refusal("forbidden", `This key is no active device of ${account}.`);
}
