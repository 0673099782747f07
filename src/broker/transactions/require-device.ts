/** What only a device of an account may do. */
import type { VerifyKey } from "../../crypto/index.ts";
import type { Origin } from "../call.ts";
import { Refusal } from "../refusal.ts";
import type { Service } from "../service.ts";
import { isFull, type StoredDevice } from "../store/index.ts";

/**
 * The caller, if it is known who it is.
 *
 * @throws Refusal `not_authenticated`
 */
export function requireCaller({ caller }: Origin): VerifyKey {
  if (caller === undefined) throw new Refusal("not_authenticated", "This call must be authenticated.");
  return caller;
}

/** A device is noted as seen at most so often, so that a call costs no write. */
export const SEEN_MS = 3600_000;

/** Notes that an active device is there, unless that was noted within the hour. */
export async function noteSeen({ account, kid, lastSeen }: StoredDevice, { store, clock }: Service): Promise<void> {
  const now = clock();
  if (lastSeen !== undefined && now - lastSeen < SEEN_MS) return;
  await store.noteSeen(account, kid, now).catch((error: unknown) => {
    // A full disk keeps nobody from reading.
    if (!isFull(error)) throw error;
  });
}

/**
 * The caller's device, if it is an active one of the account.
 *
 * @param account - account id
 * @throws Refusal `not_authenticated`, `forbidden`
 */
export async function requireDevice(origin: Origin, account: string, service: Service): Promise<StoredDevice> {
  const device = await service.store.device(account, requireCaller(origin).kid);
  if (device?.state === "active") {
    await noteSeen(device, service);
    return device;
  }
  const sentence =
    device?.state === "pending"
      ? "This device is not active yet: another device of the account must accept it."
      : `This key is no active device of ${account}.`;
  throw new Refusal("forbidden", sentence, undefined, device?.state);
}
