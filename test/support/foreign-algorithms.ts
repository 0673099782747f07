/** The second implementation of {@link file://./foreign-signer.ts} for every algorithm, over `node:crypto` alone. */
import { constants, generateKeyPairSync, type KeyObject, sign, type SignKeyObjectInput } from "node:crypto";
import { base64url, type Flat, foreignKid, type General } from "./foreign-signer.ts";

const HASHES: Readonly<Record<string, string>> = { "256": "sha256", "384": "sha384", "512": "sha512" };

/** A key pair of any kind, with its public JWK as Node writes it and its fingerprint. */
export interface AnyForeignKey {
  readonly privateKey: KeyObject;
  readonly jwk: Readonly<Record<string, string>>;
  readonly kid: string;
}

function anyKey({ privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }) {
  return { privateKey, jwk: publicKey.export({ format: "jwk" }) as Record<string, string>, kid: foreignKid(publicKey) };
}

const rsa = new Map<number, AnyForeignKey>();

/** An RSA pair. Making one takes long, so the same is given for the same size. */
export function foreignRsa(bits = 2048): AnyForeignKey {
  const known = rsa.get(bits) ?? anyKey(generateKeyPairSync("rsa", { modulusLength: bits }));
  rsa.set(bits, known);
  return known;
}

/** A pair that signs with `alg`: new, but for RSA. */
export function foreignKeyFor(alg: string): AnyForeignKey {
  switch (alg) {
    case "ES256":
      return anyKey(generateKeyPairSync("ec", { namedCurve: "P-256" }));
    case "ES384":
      return anyKey(generateKeyPairSync("ec", { namedCurve: "P-384" }));
    case "ES512":
      return anyKey(generateKeyPairSync("ec", { namedCurve: "P-521" }));
    case "Ed448":
      return anyKey(generateKeyPairSync("ed448"));
    case "EdDSA":
    case "Ed25519":
      return anyKey(generateKeyPairSync("ed25519"));
    default:
      return foreignRsa();
  }
}

function nodeSign(alg: string, bytes: Buffer, key: KeyObject): Buffer {
  const hash = HASHES[alg.slice(2)] ?? null;
  const how: SignKeyObjectInput = { key };
  if (alg.startsWith("ES")) how.dsaEncoding = "ieee-p1363";
  if (alg.startsWith("PS")) {
    how.padding = constants.RSA_PKCS1_PSS_PADDING;
    how.saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  }
  return sign(hash, bytes, how);
}

/** Signs by `alg` under exactly this header, whatever `alg` that says. */
export function flatBy(alg: string, key: AnyForeignKey, header: object, payload: string): Flat {
  const encodedHeader = base64url(JSON.stringify(header));
  const encodedPayload = base64url(payload);
  const signature = nodeSign(alg, Buffer.from(`${encodedHeader}.${encodedPayload}`), key.privateKey);
  return { protected: encodedHeader, payload: encodedPayload, signature: base64url(signature) };
}

/** The same in JWS General JSON, `kid` outside the protected header unless it is null. */
export function generalBy(
  alg: string,
  key: AnyForeignKey,
  header: object,
  payload: string,
  kid: string | null = key.kid,
): General {
  const flat = flatBy(alg, key, header, payload);
  const signature = { protected: flat.protected, signature: flat.signature };
  return { payload: flat.payload, signatures: [kid === null ? signature : { ...signature, header: { kid } }] };
}
