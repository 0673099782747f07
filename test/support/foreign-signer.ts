/**
 * A second implementation of what is signed, over `node:crypto` alone: it shares no line with `src` and does not use
 * jose, so where both agree, both follow the RFC. It signs whatever header it is given, well-formed or not.
 */
import { createHash, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from "node:crypto";

export interface ForeignJwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
}

export interface ForeignKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: ForeignJwk;
  readonly kid: string;
}

export interface Flat {
  readonly protected: string;
  readonly payload: string;
  readonly signature: string;
}

export interface General {
  readonly payload: string;
  readonly signatures: readonly {
    readonly protected: string;
    readonly signature: string;
    readonly header?: { readonly kid: string };
  }[];
}

export const base64url = (data: string | Uint8Array): string => Buffer.from(data).toString("base64url");

export const textOf = (encoded: string): string => Buffer.from(encoded, "base64url").toString("utf8");

/** A new key pair on `curve`, with its fingerprint. */
export function foreignKey(curve = "P-256"): ForeignKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: curve });
  return { privateKey, publicKey, jwk: publicKey.export({ format: "jwk" }) as ForeignJwk, kid: foreignKid(publicKey) };
}

/** The key's fingerprint, counted out of one big number. */
export function foreignKid(publicKey: KeyObject): string {
  return foreignFingerprint("application/pkix-keyinfo", publicKey.export({ type: "spki", format: "der" }));
}

/** draft-hallambaker-udf: 0x60, then SHA-512(content type ":" SHA-512(data)), cut to 150 bits. */
export function foreignFingerprint(contentType: string, data: Uint8Array): string {
  const inner = createHash("sha512").update(data).digest();
  const outer = createHash("sha512").update(`${contentType}:`).update(inner).digest();
  const whole = Buffer.concat([Buffer.of(0x60), outer]);
  let rest = BigInt(`0x${whole.toString("hex")}`) >> BigInt(whole.length * 8 - 150);
  let signs = "";
  for (let count = 0; count < 30; count++) {
    signs = `${"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(Number(rest % 32n))}${signs}`;
    rest /= 32n;
  }
  return (signs.match(/.{5}/g) ?? []).join("-");
}

/** Signs with ES256 under exactly this header: an object, or the text of one. */
export function foreignFlat(key: ForeignKey, header: object | string, payload: string): Flat {
  const encodedHeader = base64url(typeof header === "string" ? header : JSON.stringify(header));
  const encodedPayload = base64url(payload);
  const signature = sign("sha256", Buffer.from(`${encodedHeader}.${encodedPayload}`), {
    key: key.privateKey,
    dsaEncoding: "ieee-p1363",
  });
  return { protected: encodedHeader, payload: encodedPayload, signature: base64url(signature) };
}

/** The same in JWS General JSON, `kid` outside the protected header unless it is null. */
export function foreignGeneral(
  key: ForeignKey,
  header: object | string,
  payload: string,
  kid: string | null = key.kid,
): General {
  const flat = foreignFlat(key, header, payload);
  const signature = { protected: flat.protected, signature: flat.signature };
  return { payload: flat.payload, signatures: [kid === null ? signature : { ...signature, header: { kid } }] };
}

/** Verifies ES256 by the given public JWK, whatever the header says. */
export function foreignVerify(jwk: object, flat: Flat): boolean {
  return verify(
    "sha256",
    Buffer.from(`${flat.protected}.${flat.payload}`),
    { key: createPublicKey({ key: { ...jwk }, format: "jwk" }), dsaEncoding: "ieee-p1363" },
    Buffer.from(flat.signature, "base64url"),
  );
}
