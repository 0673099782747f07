/**
 * The broker's own request (design §6): may this new device answer for the account? It goes the way of every request,
 * signed by the service key and with the device's profile in it, and is stored, pushed, answered or expires like one.
 */
import { requestDigest, signRequest } from "../crypto/index.ts";
import { nodeSha256 } from "../node/index.ts";
import { brokerAccount, encodeBase64url, LIMITS } from "../protocol/index.ts";
import { writeSrml } from "../srml/index.ts";
import { shortId } from "./log.ts";
import type { Service } from "./service.ts";

/** Asks the account's devices about a pending one, unless that was asked and is still open. */
export async function askForEndorsement(account: string, kid: string, service: Service): Promise<void> {
  const { store, notices, log, key, clock } = service;
  const device = await store.device(account, kid);
  if (device?.state !== "pending") return;
  const now = clock();
  const before = device.asked === undefined ? undefined : await store.request(device.asked);
  if (before?.state === "PENDING" && before.expire > now) return;

  const expire = Math.floor((now + LIMITS.endorseMs) / 1000) * 1000;
  const enquirerId = encodeBase64url(crypto.getRandomValues(new Uint8Array(16)));
  const fromId = brokerAccount(account);
  const request = await signRequest(key, {
    text: textOf(account, kid),
    fromId,
    toId: account,
    enquirerId,
    created: now,
    expire,
    endorse: device.profile,
  });
  const brokerId = service.newBrokerId();
  const kept = { brokerId, account, postedBy: key.kid, enquirerId, expire, request };
  const digest = await requestDigest(request, nodeSha256);
  const rest = { digest, signerKid: key.kid, enquirerIdSigned: true, draft: "01" as const, fromId, received: now };
  // No cap holds it up: each takes a connect code, and a full inbox must not keep the user's own device out.
  const outcome = await store.addRequest({ ...kept, ...rest }, undefined);
  if (outcome.kind !== "added") return;
  await store.noteAsked(account, kid, brokerId);
  notices.posted({ ...kept, sequence: outcome.sequence });
  log.write({ event: "posted", account, request: shortId(brokerId), kid: key.kid });
}

/** For a responder that does not know endorsements and shows a text; ours draws its own view. */
function textOf(account: string, kid: string): string {
  return writeSrml({
    heading: "Let a new device answer for you?",
    paragraphs: [
      `Account: ${account}`,
      `The new device's fingerprint: ${kid}`,
      "Accept only if you are connecting a device now and it shows this fingerprint. From then on it can say yes for you.",
    ],
  });
}
