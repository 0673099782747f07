/**
 * An enquirer as draft -01 has it, and nothing more: plain JSON over HTTP without a Content-Type, Node's crypto, none of
 * our members, no code of ours. It asks one question, polls to the end and prints the answer.
 *
 * usage: node plain-client.mjs ENDPOINT ACCOUNT long|short
 */
import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

const [endpoint, account, tags] = process.argv.slice(2);
const tag = (name) => (tags === "short" ? name : `${name}Request`);

function post(message) {
  return new Promise((resolve, reject) => {
    const sent = request(endpoint, { method: "POST" }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve(JSON.parse(text)));
    });
    sent.on("error", reject);
    sent.end(JSON.stringify(message));
  });
}

function only(answer, name) {
  const body = answer[name];
  if (body?.Status !== 201) throw new Error(`${name}: ${JSON.stringify(answer)}`);
  return body;
}

/** The kid of a key: 150 bits of 0x60 and SHA-512("application/pkix-keyinfo:" SHA-512(SPKI)), in Base32. */
function fingerprint(publicKey) {
  const inner = createHash("sha512")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest();
  const outer = createHash("sha512").update("application/pkix-keyinfo:").update(inner).digest();
  const bits = [0x60, ...outer]
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("")
    .slice(0, 150);
  const signs = bits.match(/.{5}/g).map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[parseInt(five, 2)]);
  return signs.join("").match(/.{5}/g).join("-");
}

const base64url = (text) => Buffer.from(text).toString("base64url");
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const head = base64url(JSON.stringify({ alg: "ES256", jwk: publicKey.export({ format: "jwk" }) }));
const payload = base64url(
  JSON.stringify({
    TBSRequest: {
      Text: "<srml><h1>Plain question</h1><p>Asked without any of our code.</p></srml>",
      FromID: "plain@client.example",
      ToID: account,
    },
  }),
);
const signature = sign("sha256", Buffer.from(`${head}.${payload}`), { key: privateKey, dsaEncoding: "ieee-p1363" });
const jws = {
  payload,
  signatures: [
    { header: { kid: fingerprint(publicKey) }, protected: head, signature: signature.toString("base64url") },
  ],
};

only(await post({ [tag("Hello")]: {} }), "HelloResponse");
const enquiry = { EnquirerID: "plain-1", ResponderAccount: account, Request: jws };
const { BrokerID } = only(await post({ [tag("Enquire")]: { Request: enquiry } }), "EnquireResponse");

let state = "PENDING";
let entry;
while (state === "PENDING") {
  entry = only(await post({ [tag("Status")]: { BrokerID } }), "StatusResponse").Response;
  state = entry.RequestStatus;
  if (state === "PENDING") await delay(100);
}
const answered = entry.Response?.signatures[0];
const { jwk } = JSON.parse(Buffer.from(answered.protected, "base64url"));
const signed = verify(
  "sha256",
  Buffer.from(`${answered.protected}.${entry.Response.payload}`),
  { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" },
  Buffer.from(answered.signature, "base64url"),
);
const { TBSResponse } = JSON.parse(Buffer.from(entry.Response.payload, "base64url"));
const same = TBSResponse.SignedRequest.payload === payload;
console.log(JSON.stringify({ state, signed, same, value: TBSResponse.Value, enquirerId: entry.EnquirerID }));
