/** What the plain clients share: JSON over HTTP without a Content-Type, JWS, and fingerprints, by Node alone. */
import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

const base64url = (text) => Buffer.from(text).toString("base64url");
const readJson = (encoded) => JSON.parse(Buffer.from(encoded, "base64url").toString());

/** Posts a message and gives the JSON of the answer. */
export function post(endpoint, message) {
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

/** What the one member of an answer holds; throws unless it has this name and this Status. */
export function only(answer, name, status = 201) {
  const [tag, ...others] = Object.keys(answer);
  if (tag !== name || others.length > 0 || answer[name].Status !== status) {
    throw new Error(`${name} ${status} was expected: ${JSON.stringify(answer)}`);
  }
  return answer[name];
}

/** Asks, by `look`, until the request is not pending any more. */
export async function untilDone(look) {
  for (;;) {
    const entry = await look();
    if (entry.RequestStatus !== "PENDING") return entry;
    await delay(100);
  }
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

const KINDS = {
  ES256: { make: () => generateKeyPairSync("ec", { namedCurve: "P-256" }), hash: "sha256", dsa: "ieee-p1363" },
  RS512: { make: () => generateKeyPairSync("rsa", { modulusLength: 2048 }), hash: "sha512", dsa: undefined },
};

/** A new key: a function that signs a payload as JWS General JSON. */
export function newSigner(alg) {
  const { make, hash, dsa } = KINDS[alg];
  const { privateKey, publicKey } = make();
  const head = base64url(JSON.stringify({ alg, jwk: publicKey.export({ format: "jwk" }) }));
  const header = { kid: fingerprint(publicKey) };
  return (body) => {
    const payload = base64url(JSON.stringify(body));
    const bytes = Buffer.from(`${head}.${payload}`);
    const signature = sign(hash, bytes, { key: privateKey, dsaEncoding: dsa }).toString("base64url");
    return { payload, signatures: [{ header, protected: head, signature }] };
  };
}

/** What a signed answer says of a request, and by whom it is signed; ES256, as the responder here writes. */
export function readAnswer({ payload, signatures }, signedRequest) {
  const [{ header, protected: head, signature }] = signatures;
  const { jwk } = readJson(head);
  const key = createPublicKey({ key: jwk, format: "jwk" });
  const bytes = Buffer.from(`${head}.${payload}`);
  const { TBSResponse } = readJson(payload);
  const inside = TBSResponse.SignedRequest;
  return {
    kid: header.kid === fingerprint(key) ? header.kid : "not the key's",
    signed: verify("sha256", bytes, { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url")),
    same:
      inside.payload === signedRequest.payload &&
      inside.signatures[0].protected === signedRequest.signatures[0].protected,
    value: TBSResponse.Value,
  };
}
