/**
 * A public JWK, held against what its kind may be (design §5). There is one text for each key: coordinates of full
 * length, a modulus without leading zeros, e = 65537, no left-over bits; else one key could go by two fingerprints.
 */
import { decodeBase64url, ProtocolError, type PublicJwk } from "../protocol/index.ts";
import { ALGORITHMS, curveAlgorithm, namedAlgorithm, type SignatureAlgorithm } from "./algorithms.ts";
import { isWeakEd25519 } from "./ed25519.ts";
import { CryptoError } from "./errors.ts";

/** A key that is well-formed; whether it is a point of its curve is seen when it is imported. */
export interface CheckedJwk {
  readonly alg: SignatureAlgorithm;
  /** The members of the key's kind and no others; an RSA key has its `alg`, which the modulus does not tell. */
  readonly jwk: Omit<PublicJwk, "use" | "key_ops">;
}

const refuse = (message: string): CryptoError => new CryptoError("key", message);

/** 65537 (design §5). */
const EXPONENT = "AQAB";
const RSA_BITS = { least: 2048, most: 4096 } as const;

/**
 * Checks the members of a public signing key.
 *
 * @param said - what the object that came with the key says as `alg`, or undefined where nothing does
 * @throws CryptoError `key`; `algorithm` where `said` is none for this key
 */
export function checkJwk(jwk: PublicJwk, said?: SignatureAlgorithm): CheckedJwk {
  checkPurpose(jwk);
  const named = namedAlgorithm(jwk.alg);
  if (jwk.alg !== undefined && named === undefined) throw refuse("The key is for an algorithm that is not read here.");
  try {
    const checked = jwk.kty === "RSA" ? checkRsa(jwk, named ?? said) : checkCurve(jwk);
    if (named !== undefined && named !== checked.alg) throw refuse("The key's own alg is none for this kind of key.");
    if (said !== undefined && said !== checked.alg) throw otherAlgorithm();
    return checked;
  } catch (error) {
    if (error instanceof ProtocolError) throw refuse("A number of the key is not base64url.");
    throw error;
  }
}

/** What is said of a key that is held with another algorithm than the object's. */
export function otherAlgorithm(): CryptoError {
  return new CryptoError("algorithm", "The object names another algorithm than its key's; a key has one.");
}

/** A key that says what it is for must say that it verifies (RFC 7517 §4.2, §4.3). */
function checkPurpose({ use, key_ops: operations }: PublicJwk): void {
  if (use !== undefined && use !== "sig") throw refuse("The key's use is not sig.");
  if (operations !== undefined && !operations.includes("verify")) throw refuse("The key's key_ops are not to verify.");
}

function checkCurve({ kty, crv, x = "", y }: PublicJwk): CheckedJwk {
  const alg = curveAlgorithm(kty, crv);
  const curve = alg && ALGORITHMS[alg].curve;
  if (alg === undefined || curve === undefined) {
    throw refuse("The key is none of EC on P-256, P-384 or P-521, Ed25519 and RSA.");
  }
  if (kty === "OKP") {
    const point = decodeBase64url(x);
    if (point.length !== curve.bytes || y !== undefined) throw refuse("The key is no Ed25519 key of 32 bytes.");
    if (isWeakEd25519(point)) throw refuse("The Ed25519 key is one that anybody can sign for, or not canonical.");
    return { alg, jwk: { kty, crv: curve.crv, x } };
  }
  if (y === undefined || [x, y].some((coordinate) => decodeBase64url(coordinate).length !== curve.bytes)) {
    throw refuse(`The key's coordinates are not the ${curve.bytes} bytes of ${curve.crv}.`);
  }
  return { alg, jwk: { kty, crv: curve.crv, x, y } };
}

function checkRsa({ kty, n = "", e }: PublicJwk, alg: SignatureAlgorithm | undefined): CheckedJwk {
  if (e !== EXPONENT) throw refuse("The RSA key's e is not 65537.");
  const modulus = decodeBase64url(n);
  const [first = 0] = modulus;
  if (first === 0) throw refuse("The RSA key's n is missing or starts with zeros.");
  const bits = modulus.length * 8 - Math.clz32(first) + 24;
  if (bits < RSA_BITS.least || bits > RSA_BITS.most) {
    throw refuse(`The RSA key has ${bits} bits; ${RSA_BITS.least} to ${RSA_BITS.most} are read.`);
  }
  if (alg === undefined) throw refuse("An RSA key that stands alone must name its alg.");
  if (ALGORITHMS[alg].kty !== "RSA") throw otherAlgorithm();
  return { alg, jwk: { kty, n, e, alg } };
}
