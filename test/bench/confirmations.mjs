/**
 * Whole confirmations through the real broker: Enquire, Respond, Status, in two ways. "Plain" is a client of the drafts:
 * no call is authenticated, so the broker verifies what the bare server verifies, the request and the answer.
 * "Authenticated" is what the SDK and the extension do: each call is signed too, and each answer by the service.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import Database from "libsql";
import {
  CALL_CONTENT_TYPE,
  encryptionJwkOf,
  importPublicKey,
  newEncryptionPair,
  openAnswer,
} from "../../dist/node/crypto/index.js";
import { ENDPOINT_PATH, formatTime } from "../../dist/node/protocol/index.js";
import { HttpLine } from "./http-line.mjs";
import { FROM, nextPayment } from "./payment.mjs";
import { Signer } from "./signer.mjs";

const PLAIN_TYPE = "application/json";
const LIFE_MS = 5 * 60_000;
/** One in so many answers of the service is kept and verified when the clock has stopped. */
const VERIFIED_OF = 50;

/** What the two ways share: users with keys and accounts, and the number of confirmations that must be in the store. */
export async function connectUsers(broker, count) {
  const service = await serviceKey(broker.port);
  const users = [];
  const line = new HttpLine(broker.port);
  for (let index = 0; index < count; index += 1) {
    const user = { account: `user${index}@localhost`, enquirer: await Signer.create(), device: await Signer.create() };
    const message = await connectMessage(user.account, user.device);
    const { body } = await line.send(
      "POST",
      ENDPOINT_PATH,
      CALL_CONTENT_TYPE,
      sealed(user.device, broker.endpoint, message).body,
    );
    const { State } = opened(body).ConnectResponse ?? {};
    if (State !== "active") throw new Error(`A device was not connected: ${body}`);
    users.push(user);
  }
  line.close();
  return { broker, service, users };
}

async function serviceKey(port) {
  const line = new HttpLine(port);
  const { body } = await line.send("POST", ENDPOINT_PATH, PLAIN_TYPE, '{"HelloRequest":{}}');
  line.close();
  return importPublicKey(JSON.parse(body).HelloResponse.ServiceKey);
}

async function connectMessage(account, device) {
  const profile = {
    Account: account,
    SigningKey: device.jwk,
    EncryptionKey: await encryptionJwkOf(await newEncryptionPair({ extractable: true })),
    Created: formatTime(Date.now()),
  };
  const DeviceProfile = device.general(
    { typ: "confirm-device-profile+jws" },
    JSON.stringify({ DeviceProfile: profile }),
  );
  return JSON.stringify({ ConnectRequest: { Account: account, DeviceName: "bench", DeviceProfile } });
}

/** A call: a message signed for this address, now. */
export function sealed(signer, url, message) {
  const header = {
    typ: "confirm-request+jws",
    kid: signer.kid,
    jwk: signer.jwk,
    url,
    iat: Math.floor(Date.now() / 1000),
    jti: randomBytes(16).toString("base64url"),
  };
  const jws = signer.flattened(header, message);
  return { body: JSON.stringify(jws), signature: jws.signature };
}

/** The message inside a signed answer. */
export function opened(body) {
  const { payload, ...plain } = JSON.parse(body);
  return payload === undefined ? plain : JSON.parse(Buffer.from(payload, "base64url").toString());
}

const respondMessage = (brokerId, answer) =>
  `{"RespondRequest":{"Response":{"BrokerID":"${brokerId}","RequestStatus":"REPLY","Response":${answer}}}}`;
const statusMessage = (brokerId) => `{"StatusRequest":{"BrokerID":"${brokerId}"}}`;

/** The three transactions; `call` makes one of them. Says what went wrong, or nothing. */
async function confirm(call, item) {
  const { EnquireResponse: posted } = await call("enquire", () => item.enquire);
  if (posted?.Status !== 201) return `Enquire: ${JSON.stringify(posted)}`;
  const { RespondResponse: taken } = await call("respond", () => respondMessage(posted.BrokerID, item.answer));
  if (taken?.Status !== 201) return `Respond: ${JSON.stringify(taken)}`;
  const { StatusResponse: status } = await call("status", () => statusMessage(posted.BrokerID));
  if (status?.Response?.RequestStatus !== "REPLY") return `Status: ${JSON.stringify(status)}`;
  const [signature] = status.Response.Response.signatures;
  return signature.signature === item.signature ? undefined : "another answer came back";
}

function signed({ account, enquirer, device }, { requestHeader, responseHeader, requestMore, responseMore }) {
  const request = { Text: nextPayment(), FromID: FROM, ToID: account, ...requestMore };
  const Request = enquirer.general(requestHeader, JSON.stringify({ TBSRequest: request }));
  const response = { SignedRequest: Request, Value: true, ...responseMore };
  const answer = device.general(responseHeader, JSON.stringify({ TBSResponse: response }));
  const enquire = JSON.stringify({ EnquireRequest: { Request: { Request, ResponderAccount: account } } });
  return { enquire, answer: JSON.stringify(answer), signature: answer.signatures[0].signature };
}

/** A client of the drafts: it signs the request and the answer, with none of our members, and no call. */
export function plainConfirmations({ broker, users }) {
  const nothing = { requestHeader: {}, responseHeader: {}, requestMore: {}, responseMore: {} };
  return {
    name: "plain",
    label: "broker, plain calls",
    child: broker.child,
    port: broker.port,
    make: (user) => signed(users[user], nothing),
    confirm: (line, item) =>
      confirm(async (_transaction, message) => {
        const { body } = await line.send("POST", ENDPOINT_PATH, PLAIN_TYPE, message());
        return JSON.parse(body);
      }, item),
    check: () => Promise.resolve([]),
  };
}

/**
 * The SDK and the extension. The call of Enquire is signed before the clock starts. Those of Respond and Status name
 * the BrokerID, which is not known before, so the load generator signs them meanwhile, on its own core.
 */
export function authenticatedConfirmations({ broker, users, service }) {
  let calls = 0;
  let kept = [];
  const more = () => {
    const now = Date.now();
    return {
      requestHeader: { typ: "confirm-tbs-request+jws" },
      responseHeader: { typ: "confirm-tbs-response+jws" },
      requestMore: {
        EnquirerID: randomBytes(16).toString("base64url"),
        Created: formatTime(now),
        Expire: formatTime(now + LIFE_MS),
      },
      responseMore: { Created: formatTime(now) },
    };
  };
  return {
    name: "authenticated",
    label: "broker, signed calls",
    child: broker.child,
    port: broker.port,
    make: (user) => {
      const item = signed(users[user], more());
      return { ...item, user: users[user], enquireCall: sealed(users[user].enquirer, broker.endpoint, item.enquire) };
    },
    confirm: (line, item) =>
      confirm(async (transaction, message) => {
        const { enquirer, device } = item.user;
        const call =
          transaction === "enquire"
            ? item.enquireCall
            : sealed(transaction === "respond" ? device : enquirer, broker.endpoint, message());
        const { body } = await line.send("POST", ENDPOINT_PATH, CALL_CONTENT_TYPE, call.body);
        calls += 1;
        if (calls % VERIFIED_OF === 0) kept.push({ body, signature: call.signature });
        return opened(body);
      }, item),
    check: async () => {
      const problems = [];
      for (const { body, signature } of kept) {
        const req = await hashOf(signature);
        await openAnswer(body, { req, service }).catch((error) => problems.push(`an answer: ${error.message}`));
      }
      kept = [];
      return problems;
    },
  };
}

async function hashOf(signature) {
  const hash = await crypto.subtle.digest("SHA-256", Buffer.from(signature, "base64url"));
  return Buffer.from(hash).toString("base64url");
}

/** How many answered requests are in the broker's store. */
export function storedConfirmations({ data }) {
  const database = new Database(join(data, "broker.sqlite"), { readonly: true });
  const { n } = database.prepare("SELECT count(*) AS n FROM requests WHERE state = 'REPLY'").get();
  database.close();
  return n;
}
