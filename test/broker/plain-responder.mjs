/**
 * A responder written from docs/protocol.md alone: it connects with a code, listens on the push channel or asks Pending,
 * verifies what comes and answers it; then it prints what the broker said.
 *
 * usage: node plain-responder.mjs ENDPOINT ACCOUNT CODE push|poll yes|no
 */
import { setTimeout as delay } from "node:timers/promises";
import {
  caller,
  digestOf,
  fingerprint,
  newKey,
  now,
  only,
  openAnswer,
  openObject,
  post,
  proof,
  readJson,
  sealCall,
  signObject,
} from "./plain-authenticated.mjs";
import { openSocket } from "./plain-socket.mjs";

const [endpoint, account, shown, way, word] = process.argv.slice(2);
const code = shown.replaceAll("-", "");
const key = newKey();

/** Connecting a device: nothing is kept before the service has proved that it knows the code. */
async function connect() {
  const DeviceProfile = signObject(key, "confirm-device-profile+jws", {
    DeviceProfile: { Account: account, SigningKey: key.jwk, EncryptionKey: newKey().jwk, Created: now() },
  });
  const Proof = proof(code, "mesh-confirm connect device", account, key.kid);
  const message = { ConnectRequest: { Account: account, DeviceName: "plain", DeviceProfile, Proof } };
  const call = sealCall(key, endpoint, message);
  const text = await post(endpoint, call.body, "application/jose+json");
  const { ServiceKey } = readJson(JSON.parse(text).payload).ConnectResponse;
  const answer = only(openAnswer(text, call.req, ServiceKey), "Connect");
  const expected = proof(code, "mesh-confirm connect service", account, fingerprint(ServiceKey), key.kid);
  if (answer.Proof !== expected) throw new Error("The service does not know the code.");
  if (answer.State !== "active") throw new Error(`The device is ${answer.State}.`);
  return ServiceKey;
}

/** The push channel: the first entry that it brings. */
async function pushed(serviceKey) {
  const url = `${endpoint.replace(/^http/, "ws")}/push`;
  const socket = await openSocket(url, "mesh-confirm");
  const call = sealCall(key, url, { SubscribeRequest: { Responder: account } });
  socket.send(call.body);
  only(openAnswer(await socket.next(), call.req, serviceKey), "Subscribe");
  socket.send("ping");
  for (;;) {
    const frame = await socket.next();
    if (frame === "pong") continue;
    const { Pending } = JSON.parse(frame);
    if (Pending === undefined) continue;
    socket.close();
    return Pending;
  }
}

async function polled(call) {
  for (;;) {
    const { Entries } = await call("Pending", { Responder: account, MaxResponse: 1 });
    if (Entries.length > 0) return Entries[0];
    await delay(100);
  }
}

/** TBSRequest: who asks what of whom, if it is for this account and not over. */
function verified({ Request }) {
  const { body, kid } = openObject(Request, "confirm-tbs-request+jws", "TBSRequest");
  if (body.ToID !== account || Date.parse(body.Expire) <= Date.now()) throw new Error("This is not to be answered.");
  return { ...body, kid };
}

const serviceKey = await connect();
console.log(key.kid);
const call = caller(endpoint, key, serviceKey);
const entry = way === "push" ? await pushed(serviceKey) : await polled(call);
const { Text, FromID, kid } = verified(entry);
const choice = /<button value="([^"]*)"/.exec(Text)?.[1];
const Value = word === "yes";
const body = { SignedRequest: entry.Request, Value, Created: now(), ...(Value && choice ? { Choice: choice } : {}) };
const Response = signObject(key, "confirm-tbs-response+jws", { TBSResponse: body });
const { Status } = await call("Respond", { Response: { BrokerID: entry.BrokerID, RequestStatus: "REPLY", Response } });
console.log(JSON.stringify({ Text, FromID, kid, digest: digestOf(entry.Request), Status }));
