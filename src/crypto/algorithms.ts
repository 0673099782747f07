/**
 * The algorithms that are read (design §5; RFC 7518 §3, RFC 8037 §3.1, RFC 9864), and what WebCrypto calls them. ES256 is
 * what is written. A name that is not here is refused: `none`, every HMAC, and what nobody needs.
 */
import type { JsonValue } from "../protocol/index.ts";

const NAMES = ["ES256", "ES384", "ES512", "Ed25519", "PS256", "PS512", "RS256", "RS512"] as const;

/** The algorithm of a key. An EC or OKP key has one by its curve; an RSA key has the one that it was first seen with. */
export type SignatureAlgorithm = (typeof NAMES)[number];

interface Row {
  readonly kty: "EC" | "OKP" | "RSA";
  /** The curve of an EC or OKP key, and the bytes of a coordinate. */
  readonly curve?: { readonly crv: string; readonly bytes: number };
  readonly key: EcKeyImportParams | RsaHashedImportParams | Algorithm;
  readonly verify: EcdsaParams | RsaPssParams | Algorithm;
}

const ecdsa = (crv: string, bytes: number, hash: string): Row => ({
  kty: "EC",
  curve: { crv, bytes },
  key: { name: "ECDSA", namedCurve: crv },
  verify: { name: "ECDSA", hash },
});
const rsa = (hash: string, verify: RsaPssParams | Algorithm): Row => ({
  kty: "RSA",
  key: { name: verify.name, hash },
  verify,
});
const ed25519 = { name: "Ed25519" };
/** The salt is as long as the hash (RFC 7518 §3.5), no more and no less. */
const pss = (saltLength: number): RsaPssParams => ({ name: "RSA-PSS", saltLength });
const pkcs1 = { name: "RSASSA-PKCS1-v1_5" };

export const ALGORITHMS: Readonly<Record<SignatureAlgorithm, Row>> = {
  ES256: ecdsa("P-256", 32, "SHA-256"),
  ES384: ecdsa("P-384", 48, "SHA-384"),
  ES512: ecdsa("P-521", 66, "SHA-512"),
  Ed25519: { kty: "OKP", curve: { crv: "Ed25519", bytes: 32 }, key: ed25519, verify: ed25519 },
  PS256: rsa("SHA-256", pss(32)),
  PS512: rsa("SHA-512", pss(64)),
  RS256: rsa("SHA-256", pkcs1),
  RS512: rsa("SHA-512", pkcs1),
};

/** The algorithm that an `alg` names, or undefined. `EdDSA` is Ed25519: its other curve is not read here. */
export function namedAlgorithm(alg: JsonValue | undefined): SignatureAlgorithm | undefined {
  return NAMES.find((name) => name === (alg === "EdDSA" ? "Ed25519" : alg));
}

/** The algorithm of the keys on a curve, or undefined. */
export function curveAlgorithm(kty: string, crv: string | undefined): SignatureAlgorithm | undefined {
  return NAMES.find((name) => ALGORITHMS[name].kty === kty && ALGORITHMS[name].curve?.crv === (crv ?? ""));
}
