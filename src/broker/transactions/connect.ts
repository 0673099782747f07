/**
 * Connect (Appendix A of the design): binds a device's key to an account, by a proof that it knows a connect code. A
 * wrong proof spends nothing and is limited by address; the right one may be repeated by the same device, because its
 * answer can get lost.
 */
import {
  CryptoError,
  deviceProofParts,
  openDeviceProfile,
  proveCode,
  serviceProofParts,
  type VerifiedProfile,
  verifyCodeProof,
} from "../../crypto/index.ts";
import { isBrokerAccount, LIMITS, parseAccount, type RequestBody } from "../../protocol/index.ts";
import { gateText } from "../../srml/index.ts";
import type { Handler, Origin } from "../call.ts";
import { askForEndorsement } from "../endorse.ts";
import { Refusal } from "../refusal.ts";
import type { Service } from "../service.ts";
import type { ConnectOutcome, NewDevice, StoredCode } from "../store/index.ts";
import { requireCaller } from "./require-device.ts";

type Body = RequestBody<"Connect">;
type State = "active" | "pending";

export const connect: Handler<"Connect"> = async (body, origin, service) => {
  const account = parseAccount(body.Account).id;
  const { kid } = requireCaller(origin);
  if (isBrokerAccount(account)) throw new Refusal("forbidden", "This name is the broker's own.");
  const profile = await openProfile(body, account, kid);
  gateText(body.DeviceName, "name");
  const device: NewDevice = {
    account,
    kid,
    name: body.DeviceName,
    signingKey: profile.signingKey.jwk,
    profile: body.DeviceProfile,
    changesKeys: await changesKeys(account, profile, service),
    now: service.clock(),
  };
  const answer = { ServiceKey: service.key.jwk, URI: service.urls, ...service.keys.announcement() };
  if (body.Proof === undefined) {
    const Status = await connectWithoutProof(device, service);
    return { ...answer, Status, State: await askForEndorsement(account, kid, service) };
  }

  const code = await provedCode(body.Proof, device, origin, service);
  const state = stateOf(await service.store.connectDevice(device, { by: "code", codeId: code.id }));
  service.log.write({ event: "connected", account, kid, state });
  const State = await askForEndorsement(account, kid, service);
  const proof = await proveCode(code.code, serviceProofParts(account, service.key.kid, kid));
  return { ...answer, Status: 201, State, Proof: proof };
};

/** Whether the device is known by a profile with other keys; what it says besides needs nobody's consent. */
async function changesKeys(account: string, profile: VerifiedProfile, { store }: Service): Promise<boolean> {
  const known = await store.device(account, profile.signingKey.kid);
  const keysOf = ({ encryptionKey, presence }: VerifiedProfile): string =>
    JSON.stringify([encryptionKey.kid, presence?.key.kid, presence?.rpId, presence?.origin, presence?.credentialId]);
  return known !== undefined && keysOf(await openDeviceProfile(known.profile)) !== keysOf(profile);
}

/** The profile must be the caller's own, for this account. @throws Refusal `contradiction`, `too_large`; CryptoError, ProtocolError */
async function openProfile(body: Body, account: string, kid: string): Promise<VerifiedProfile> {
  if (JSON.stringify(body.DeviceProfile).length > LIMITS.profileBytes) {
    throw new Refusal("too_large", `A device profile has at most ${LIMITS.profileBytes} bytes.`);
  }
  const profile = await openDeviceProfile(body.DeviceProfile);
  if (profile.signingKey.kid !== kid) {
    throw new CryptoError("kid", "The device profile is of another key than the one that makes this call.");
  }
  if (profile.account !== account) throw new Refusal("contradiction", "The device profile is for another account.");
  return profile;
}

/** A device that is known may change its profile; on an open service an account may be created. */
async function connectWithoutProof(device: NewDevice, service: Service): Promise<201 | 202> {
  const { account, kid } = device;
  const known = await service.store.device(account, kid);
  if (known !== undefined && known.state !== "revoked") {
    const stands = known.wanted === undefined && JSON.stringify(known.profile) === JSON.stringify(device.profile);
    if (stands && known.name === device.name) return 201;
    await service.store.updateDevice(device);
    return 202;
  }
  if (!service.open || !service.domains.has(parseAccount(account).domain)) {
    throw new Refusal("not_authenticated", "Connecting a device to this account needs a connect code.");
  }
  const state = stateOf(await service.store.connectDevice(device, { by: "open_service" }));
  service.log.write({ event: "connected", account, kid, state });
  return 201;
}

/** The code that the device proved to know. @throws Refusal `wrong_proof`, `too_many` */
async function provedCode(proof: string, device: NewDevice, origin: Origin, service: Service): Promise<StoredCode> {
  service.limiter.beforeProof(origin.address);
  const parts = deviceProofParts(device.account, device.kid);
  for (const code of await service.store.codes(device.account, device.now)) {
    if (await verifyCodeProof(code.code, parts, proof)) return code;
  }
  await service.limiter.wrongProof(origin.address);
  throw wrongProof();
}

/** One sentence for each way to be wrong: a stranger does not learn which accounts exist. */
function wrongProof(): Refusal {
  return new Refusal("wrong_proof", "The connect code is wrong, used or older than 10 minutes.");
}

/** @throws Refusal `wrong_proof`, `exists`, `forbidden` */
function stateOf(outcome: ConnectOutcome): State {
  switch (outcome.kind) {
    case "connected":
      return outcome.state;
    case "code_spent":
      throw wrongProof();
    case "account_exists":
      throw new Refusal("not_authenticated", "The account exists: a further device needs a connect code.");
    case "revoked":
      throw new Refusal("forbidden", "This key was revoked; make a new one.");
    case "too_many":
      throw new Refusal("forbidden", `An account has at most ${LIMITS.devices} devices, revoked ones included.`);
  }
}
