/**
 * Authenticated calls and signed objects as docs/protocol.md describes them, by Node alone: ES256, fingerprints, the seal
 * of an answer. Each section of the document that a function was written from is named at it.
 */
import { createHash, createHmac, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import { request } from "node:http";

export const base64url = (data) => Buffer.from(data).toString("base64url");
const bytesOf = (encoded) => Buffer.from(encoded, "base64url");
export const readJson = (encoded) => JSON.parse(bytesOf(encoded).toString());
export const now = () => `${new Date().toISOString().slice(0, 19)}Z`;
export const later = (seconds) => `${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19)}Z`;

/** Fingerprints and names: 0x60 and SHA-512(content type ":" SHA-512(SPKI)), 150 bits in Base32, groups of five. */
export function fingerprint(jwk) {
  const spki = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "der" });
  const inner = createHash("sha512").update(spki).digest();
  const outer = createHash("sha512").update("application/pkix-keyinfo:").update(inner).digest();
  let bits = "";
  for (const byte of [0x60, ...outer]) bits += byte.toString(2).padStart(8, "0");
  const signs = bits.slice(0, 150).match(/.{5}/g);
  const letters = signs.map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[parseInt(five, 2)]).join("");
  return letters.match(/.{5}/g).join("-");
}

/** A new ES256 key with its public JWK and its fingerprint. */
export function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { kty, crv, x, y } = publicKey.export({ format: "jwk" });
  const jwk = { kty, crv, x, y };
  return { privateKey, jwk, kid: fingerprint(jwk) };
}

function flatten(key, header, text) {
  const head = base64url(JSON.stringify(header));
  const payload = base64url(text);
  const options = { key: key.privateKey, dsaEncoding: "ieee-p1363" };
  const signature = base64url(sign("sha256", Buffer.from(`${head}.${payload}`), options));
  return { protected: head, payload, signature };
}

function holds(jwk, head, payload, signature) {
  const key = { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" };
  return verify("sha256", Buffer.from(`${head}.${payload}`), key, bytesOf(signature));
}

/** Signed objects: JWS General JSON, `jwk` protected, `kid` beside it. */
export function signObject(key, typ, body) {
  const flat = flatten(key, { alg: "ES256", typ, jwk: key.jwk }, JSON.stringify(body));
  const { payload, signature } = flat;
  return { payload, signatures: [{ protected: flat.protected, header: { kid: key.kid }, signature }] };
}

/** Opens a signed object of one kind: what its payload's one member holds, and who signed it. */
export function openObject({ payload, signatures }, typ, tag) {
  const [{ protected: head, header, signature }, ...others] = signatures;
  const said = readJson(head);
  const body = readJson(payload);
  const kid = fingerprint(said.jwk);
  if (others.length > 0 || said.typ !== typ || said.alg !== "ES256" || (header?.kid ?? kid) !== kid) {
    throw new Error(`This is no ${typ}.`);
  }
  if (!holds(said.jwk, head, payload, signature)) throw new Error("The signature does not hold.");
  if (Object.keys(body).join() !== tag) throw new Error(`The payload is no ${tag}.`);
  return { body: body[tag], kid };
}

/** Fingerprints and names: the digest of a request. */
export function digestOf({ payload, signatures }) {
  return base64url(createHash("sha256").update(`${signatures[0].protected}.${payload}`).digest());
}

/** Authenticated calls: the sealed call, and what its answer must repeat. */
export function sealCall(key, url, message) {
  const iat = Math.floor(Date.now() / 1000);
  const jti = base64url(randomBytes(16));
  const header = { alg: "ES256", typ: "confirm-request+jws", kid: key.kid, jwk: key.jwk, url, iat, jti };
  const call = flatten(key, header, JSON.stringify(message));
  return { body: JSON.stringify(call), req: base64url(createHash("sha256").update(bytesOf(call.signature)).digest()) };
}

/** Authenticated calls: an answer counts if the service's key signed it for this call. */
export function openAnswer(text, req, serviceKey) {
  const { protected: head, payload, signature } = JSON.parse(text);
  if (signature === undefined) throw new Error(`The answer is not signed: ${text}`);
  const header = readJson(head);
  const isOurs = header.typ === "confirm-response+jws" && header.req === req && header.kid === fingerprint(serviceKey);
  if (!isOurs || !holds(serviceKey, head, payload, signature)) throw new Error("The answer is not the service's.");
  return readJson(payload);
}

/** Posts bytes; the text of the answer. */
export function post(endpoint, body, contentType) {
  return new Promise((resolve, reject) => {
    const headers = contentType === undefined ? {} : { "Content-Type": contentType };
    const sent = request(endpoint, { method: "POST", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve(text));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** A caller with a key: each method gives what the answer's one member holds, and throws where its Status is no success. */
export function caller(endpoint, key, serviceKey) {
  return async (transaction, members) => {
    const call = sealCall(key, endpoint, { [`${transaction}Request`]: members });
    const answer = openAnswer(await post(endpoint, call.body, "application/jose+json"), call.req, serviceKey);
    return only(answer, transaction);
  };
}

/** Messages, Status: a refusal has the tag that was waited for, or ConfirmResponse. */
export function only(answer, transaction) {
  const body = answer[`${transaction}Response`] ?? answer.ConfirmResponse;
  if (body === undefined || body.Status >= 300) throw new Error(`${transaction}: ${JSON.stringify(answer)}`);
  return body;
}

/** Connecting a device: a proof that one knows the code. */
export function proof(code, ...parts) {
  return base64url(createHmac("sha256", code).update(parts.join("\0")).digest());
}
