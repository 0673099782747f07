/**
 * Devices (Appendix A of the design): lists an account's devices to one of them, and takes a revocation. A device revokes
 * itself, or one that it endorsed; its word is signed, kept, and told to whoever asks for the Profile.
 */
import { openRevocation, type VerifiedRevocation } from "../../crypto/index.ts";
import { type DeviceEntry, formatTime, LIMITS, parseAccount } from "../../protocol/index.ts";
import type { Handler } from "../call.ts";
import { Refusal } from "../refusal.ts";
import type { Service } from "../service.ts";
import type { StoredDevice } from "../store/index.ts";
import { requireCaller, requireDevice } from "./require-device.ts";

export const devices: Handler<"Devices"> = async (body, origin, service) => {
  const account = parseAccount(body.Responder).id;
  const { kid } = requireCaller(origin);
  const waits = (await service.store.device(account, kid))?.state === "pending";
  if (!waits) await requireDevice(origin, account, service);
  const revocation = body.Revoke === undefined ? undefined : await openRevocation(body.Revoke);
  // One that waits may leave: else it would wait for ever. Of the others it is told nothing.
  const leaves = waits && revocation?.kid === kid && revocation.signer.kid === kid;
  if (waits && !leaves) await requireDevice(origin, account, service);
  const changed = revocation !== undefined && (await revoke(revocation, account, service));
  const listed = (await service.store.devices(account)).filter((device) => !leaves || device.kid === kid);
  return { Status: changed ? 202 : 201, Devices: listed.map(deviceEntry) };
};

function deviceEntry({ kid, name, created, lastSeen, state }: StoredDevice): DeviceEntry {
  return {
    Kid: kid,
    DeviceName: name,
    Created: formatTime(created),
    State: state,
    ...(lastSeen === undefined ? {} : { LastSeen: formatTime(lastSeen) }),
  };
}

/**
 * @returns false where the device was revoked before
 * @throws Refusal `contradiction`, `dates`, `forbidden`, `unknown_device`
 */
async function revoke(revocation: VerifiedRevocation, account: string, service: Service): Promise<boolean> {
  const { store, notices, log, clock } = service;
  const { kid, signer, created } = revocation;
  if (revocation.account !== account) {
    throw new Refusal("contradiction", "The revocation is about a device of another account.");
  }
  const now = clock();
  // Whoever could date it back could take back what the device has signed before.
  if (Math.abs(created - now) > LIMITS.clockSkewMs) {
    throw new Refusal("dates", "A revocation is dated now, within 120 seconds.");
  }
  const device = await store.device(account, kid);
  if (device === undefined) throw new Refusal("unknown_device", "The account has no such device.");
  const signedBy = await store.device(account, signer.kid);
  if (signedBy?.state !== "active" && signer.kid !== kid) throw notYours();
  if (![kid, device.endorsedBy, device.changedBy].includes(signer.kid)) throw notYours();
  const settled = await store.revokeDevice({ account, kid, revocation: revocation.jws, now });
  if (settled === undefined) return false;
  for (const one of settled) notices.settled(one);
  notices.devicesChanged(account);
  log.write({ event: "revoked", account, kid, by: signer.kid });
  return true;
}

function notYours(): Refusal {
  return new Refusal("forbidden", "A device revokes itself, or one that it let in itself.");
}
