/**
 * The algorithms that are read (design §5; RFC 7518 §3, RFC 8037 §3.1, RFC 9864), and what WebCrypto calls them. ES256 is
 * what is written. A name that is not here is refused: `none`, every HMAC, and what nobody needs.
 */
import type { JsonValue } from "../protocol/index.ts";

interface Curve {
  readonly kty: "EC" | "OKP";
  readonly crv: string;
  /** Bytes of a coordinate. */
  readonly bytes: number;
  readonly key: EcKeyImportParams | Algorithm;
  readonly verify: EcdsaParams | Algorithm;
}

interface Rsa {
  readonly kty: "RSA";
  readonly key: RsaHashedImportParams;
  readonly verify: RsaPssParams | Algorithm;
}

const ecdsa = (crv: string, bytes: number, hash: string): Curve => ({
  kty: "EC",
  crv,
  bytes,
  key: { name: "ECDSA", namedCurve: crv },
  verify: { name: "ECDSA", hash },
});

/** The salt is as long as the hash (RFC 7518 §3.5), no more and no less. */
const pss = (hash: string, saltLength: number): Rsa => ({
  kty: "RSA",
  key: { name: "RSA-PSS", hash },
  verify: { name: "RSA-PSS", saltLength },
});

const pkcs1 = (hash: string): Rsa => ({
  kty: "RSA",
  key: { name: "RSASSA-PKCS1-v1_5", hash },
  verify: { name: "RSASSA-PKCS1-v1_5" },
});

const ROWS = {
  ES256: ecdsa("P-256", 32, "SHA-256"),
  ES384: ecdsa("P-384", 48, "SHA-384"),
  ES512: ecdsa("P-521", 66, "SHA-512"),
  Ed25519: { kty: "OKP", crv: "Ed25519", bytes: 32, key: { name: "Ed25519" }, verify: { name: "Ed25519" } },
  PS256: pss("SHA-256", 32),
  PS512: pss("SHA-512", 64),
  RS256: pkcs1("SHA-256"),
  RS512: pkcs1("SHA-512"),
} as const satisfies Readonly<Record<string, Curve | Rsa>>;

/** The algorithm of a key. An EC or OKP key has one by its curve; an RSA key has the one that it was first seen with. */
export type SignatureAlgorithm = keyof typeof ROWS;

export const ALGORITHMS: Readonly<Record<SignatureAlgorithm, Curve | Rsa>> = ROWS;

const NAMES: ReadonlyMap<JsonValue | undefined, SignatureAlgorithm> = new Map<JsonValue, SignatureAlgorithm>([
  ["ES256", "ES256"],
  ["ES384", "ES384"],
  ["ES512", "ES512"],
  ["Ed25519", "Ed25519"],
  ["EdDSA", "Ed25519"],
  ["PS256", "PS256"],
  ["PS512", "PS512"],
  ["RS256", "RS256"],
  ["RS512", "RS512"],
]);

/** The algorithm that an `alg` names, or undefined. `EdDSA` is Ed25519: its other curve is not read here. */
export function namedAlgorithm(alg: JsonValue | undefined): SignatureAlgorithm | undefined {
  return NAMES.get(alg);
}

/** The algorithm of the keys on a curve, or undefined. */
export function curveAlgorithm(kty: string, crv: string | undefined): SignatureAlgorithm | undefined {
  return [...NAMES.values()].find((name) => {
    const row = ALGORITHMS[name];
    return row.kty !== "RSA" && row.kty === kty && row.crv === crv;
  });
}
