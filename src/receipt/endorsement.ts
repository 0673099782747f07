/**
 * Endorsements (design §6): how a device lets another one in. The account's broker asks for it in a signed request that
 * carries the new device's profile; a device of the account signs its yes over exactly that. Nothing else endorses.
 */
import {
  openDeviceProfile,
  openRequest,
  openResponse,
  type VerifiedProfile,
  type VerifiedRequest,
} from "../crypto/index.ts";
import { brokerAccount, type Jws } from "../protocol/index.ts";
import { opened } from "./opened.ts";
import { checkDates } from "./dates.ts";
import { ReceiptError } from "./errors.ts";

/** An answer about a new device. Whether endorser and service count is for whoever knows keys: `known-devices.ts`. */
export interface Endorsement {
  /** The signed answer, with the whole request inside. */
  readonly jws: Jws;
  /** Account id, domain in lower case. */
  readonly account: string;
  /** True: the device was let in. */
  readonly value: boolean;
  /** The new device, as its profile in the request says. */
  readonly device: VerifiedProfile;
  /** The kid of the device that answered. */
  readonly endorser: string;
  /** The kid of the key that asked: it must be the broker's pinned one. */
  readonly service: string;
  /** Milliseconds since 1970, by the endorser's clock; within what the broker dated its request. */
  readonly created: number;
}

/**
 * The device that a request asks to endorse. That the request is signed by the account's pinned service key is for the
 * caller to check.
 *
 * @throws ReceiptError `endorsement`, `signature`, `malformed`
 */
export async function endorsedDevice(request: VerifiedRequest): Promise<VerifiedProfile> {
  const { endorse, fromId, toId, match, presence, replyKey, created, expire, enquirerId } = request;
  if (endorse === undefined) throw wrong("it names no device");
  if (fromId !== brokerAccount(toId)) throw wrong(`it is not from ${brokerAccount(toId)}`);
  if (match !== undefined || presence || replyKey !== undefined) throw wrong("it demands something else besides");
  if (created === undefined || expire === undefined || enquirerId === undefined) throw wrong("it is not dated");
  const profile = await opened(() => openDeviceProfile(endorse));
  if (profile.account !== toId) throw wrong(`the device's profile is for ${profile.account}`);
  return profile;
}

/**
 * Verifies an answer about a new device.
 *
 * @throws ReceiptError `endorsement`, `signature`, `malformed`, `dates`
 */
export async function openEndorsement(jws: Jws): Promise<Endorsement> {
  const response = await opened(() => openResponse(jws));
  const request = await opened(() => openRequest(response.signedRequest));
  const device = await endorsedDevice(request);
  const { created, value, choice, reason, signer } = response;
  if (created === undefined) throw wrong("its answer is not dated");
  if (choice !== undefined || (value && reason !== undefined)) throw wrong("its answer contradicts itself");
  checkDates(request, response);
  return Object.freeze({
    jws,
    account: request.toId,
    value,
    device,
    endorser: signer.kid,
    service: request.signer.kid,
    created,
  });
}

function wrong(why: string): ReceiptError {
  return new ReceiptError("endorsement", `This is no request to endorse a device: ${why}.`);
}
