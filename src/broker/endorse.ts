/**
 * The broker's own request (design §6): may this new device answer for the account, or this known one with other keys? It
 * goes the way of every request, signed by the service key and with the device's profile in it, and is stored, pushed,
 * answered or expires like one.
 */
import { requestDigest, signRequest } from "../crypto/index.ts";
import { nodePrimitives } from "../node/index.ts";
import {
  brokerAccount,
  decodeBase64url,
  encodeBase64url,
  isJwe,
  type Jws,
  LIMITS,
  scanJson,
  TBSRequest,
} from "../protocol/index.ts";
import { writeSrml } from "../srml/index.ts";
import { shortId } from "./log.ts";
import type { Service } from "./service.ts";
import type { PendingRequest, StoredDevice } from "./store/index.ts";

/**
 * Asks the account's other devices about one, unless that was asked and is still open, and takes back what is not to be
 * asked any more.
 *
 * @returns `pending` where the device, or the profile that it wants, waits for their answer
 */
export async function askForEndorsement(account: string, kid: string, service: Service): Promise<"active" | "pending"> {
  const { store, notices, clock } = service;
  const device = await store.device(account, kid);
  if (device === undefined) return "pending";
  const wanted = device.state === "pending" ? device.profile : device.wanted;
  const open = await openQuestion(device, service);
  // A pending device may say other things of itself meanwhile; what comes in is what was asked about.
  if (open !== undefined && (device.state === "pending" || isAbout(open, device.wanted))) return "pending";
  if (open !== undefined && (await store.cancel(open.sequence, clock()))) {
    notices.settled({ brokerId: open.brokerId, account, state: "ECANCEL" });
  }
  if (wanted === undefined) return "active";
  await ask(device, wanted, service);
  return "pending";
}

async function openQuestion(
  { account, asked }: StoredDevice,
  { store, clock }: Service,
): Promise<PendingRequest | undefined> {
  if (asked === undefined) return undefined;
  return (await store.pending({ account, now: clock(), brokerId: asked, limit: 1 }))[0];
}

function isAbout({ request }: PendingRequest, profile: Jws | undefined): boolean {
  if (isJwe(request)) return false;
  const { Endorse } = TBSRequest.read(scanJson(decodeBase64url(request.payload), LIMITS.requestBytes), "asked");
  return JSON.stringify(Endorse) === JSON.stringify(profile);
}

async function ask({ account, kid, state }: StoredDevice, profile: Jws, service: Service): Promise<void> {
  const { store, notices, log, key, clock } = service;
  const now = clock();
  const expire = Math.floor((now + LIMITS.endorseMs) / 1000) * 1000;
  const enquirerId = encodeBase64url(crypto.getRandomValues(new Uint8Array(16)));
  const fromId = brokerAccount(account);
  const request = await signRequest(key, {
    text: state === "pending" ? newDeviceText(account, kid) : changeText(account, kid),
    fromId,
    toId: account,
    enquirerId,
    created: now,
    expire,
    endorse: profile,
  });
  const brokerId = service.newBrokerId();
  const kept = { brokerId, account, postedBy: key.kid, enquirerId, expire, request };
  const digest = await requestDigest(request, nodePrimitives);
  const rest = { digest, signerKid: key.kid, enquirerIdSigned: true, draft: "01" as const, fromId, received: now };
  // Noted first: so the device itself is never asked. A question that does not get stored then is asked at its next call.
  await store.noteAsked(account, kid, brokerId);
  // No cap holds it up: each takes a connect code, or a device's own key and one question at a time; and a full inbox must
  // not keep the user's own device out.
  const outcome = await store.addRequest({ ...kept, ...rest }, undefined);
  if (outcome.kind !== "added") return;
  notices.posted({ ...kept, sequence: outcome.sequence }, kid);
  log.write({ event: "posted", account, request: shortId(brokerId), kid: key.kid });
}

/** For a responder that does not know endorsements and shows a text; ours draws its own view. */
function newDeviceText(account: string, kid: string): string {
  return writeSrml({
    heading: "Let a new device answer for you?",
    paragraphs: [
      `Account: ${account}`,
      `The new device's fingerprint: ${kid}`,
      "Accept only if you are connecting a device now and it shows this fingerprint. From then on it can say yes for you.",
    ],
  });
}

/** The same about a device that is known. */
function changeText(account: string, kid: string): string {
  return writeSrml({
    heading: "Let your device use other keys?",
    paragraphs: [
      `Account: ${account}`,
      `The device's fingerprint: ${kid}`,
      "Accept only if you are changing something on that device now, such as how it asks for your fingerprint or PIN.",
    ],
  });
}
