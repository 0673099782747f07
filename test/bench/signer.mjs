/** ES256 over `node:crypto` alone, synchronous: what a load generator signs with, and quick enough to do it meanwhile. */
import { generateKeyPairSync, sign } from "node:crypto";
import { importPublicKey } from "../../dist/node/crypto/index.js";

const encode = (text) => Buffer.from(text).toString("base64url");

export class Signer {
  #privateKey;

  constructor(pair, jwk, kid) {
    this.#privateKey = { key: pair.privateKey, dsaEncoding: "ieee-p1363" };
    this.publicKey = pair.publicKey;
    this.jwk = jwk;
    this.kid = kid;
  }

  /** Makes a key pair. */
  static async create() {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { kty, crv, x, y } = pair.publicKey.export({ format: "jwk" });
    const { kid } = await importPublicKey({ kty, crv, x, y });
    return new Signer(pair, { kty, crv, x, y }, kid);
  }

  /** The members of a flattened JWS over `payload`, a string. */
  flattened(header, payload) {
    const signed = { protected: encode(JSON.stringify({ alg: "ES256", ...header })), payload: encode(payload) };
    const signature = sign("sha256", Buffer.from(`${signed.protected}.${signed.payload}`), this.#privateKey);
    return { ...signed, signature: signature.toString("base64url") };
  }

  /** A compact JWS. */
  compact(header, payload) {
    const jws = this.flattened(header, payload);
    return `${jws.protected}.${jws.payload}.${jws.signature}`;
  }

  /** A General JWS as the drafts have it, `jwk` in the protected header and `kid` beside it. */
  general(header, payload) {
    const jws = this.flattened({ ...header, jwk: this.jwk }, payload);
    return {
      payload: jws.payload,
      signatures: [{ protected: jws.protected, header: { kid: this.kid }, signature: jws.signature }],
    };
  }
}
