/**
 * Signed objects (design §5): a JWS General JSON whose protected header says what it is (`typ`) and by whom (`jwk`),
 * and whose payload has exactly one tag. TBSRequest, TBSResponse, DeviceProfile and DeviceRevocation are all opened here.
 */
import { type Jws, LIMITS, scanJson, type Shape } from "../protocol/index.ts";
import { CryptoError } from "./errors.ts";
import { type HeldKey, readSigner } from "./header.ts";
import { onlySignature, verifyFlattened } from "./jws.ts";
import { type Primitives, webPrimitives } from "./primitives.ts";
import type { VerifyKey } from "./public-key.ts";

export const TYP = {
  request: "confirm-tbs-request+jws",
  response: "confirm-tbs-response+jws",
  deviceProfile: "confirm-device-profile+jws",
  revocation: "confirm-device-revocation+jws",
  call: "confirm-request+jws",
  answer: "confirm-response+jws",
  stamp: "confirm-stamp+jws",
  checkpoint: "confirm-audit-checkpoint+jws",
  nextServiceKey: "confirm-next-service-key+jws",
} as const;

export interface Opened<T> {
  readonly body: T;
  readonly signer: VerifyKey;
  /** Whether the protected header said `typ`: a plain draft peer does not. */
  readonly typed: boolean;
}

/**
 * Verifies a signed object and reads its payload.
 *
 * @param jws - the object; `kid` in its unprotected header must be the fingerprint of the key
 * @param typ - what the protected header must say, if it says `typ`
 * @param shape - the payload's shape, tag included
 * @param held - finds a key by `kid` where there is no protected `jwk`
 * @throws CryptoError any code but `url` and `stale`; ProtocolError where something inside is not JSON or has another shape
 */
export async function openSigned<T>(
  jws: Jws,
  typ: string,
  shape: Shape<T>,
  held?: HeldKey,
  primitives: Primitives = webPrimitives,
): Promise<Opened<T>> {
  const { flat, kid } = onlySignature(jws);
  const { header, signer } = await readSigner(flat.protected, kid, held);
  if (header["typ"] !== undefined && header["typ"] !== typ) {
    throw new CryptoError("header", `The object signed is not a ${typ}.`);
  }
  const payload = await verifyFlattened(flat, header, signer, primitives);
  return Object.freeze({
    body: shape.read(scanJson(payload, LIMITS.messageBytes), "payload"),
    signer,
    typed: header["typ"] !== undefined,
  });
}

/**
 * Refuses an object without `typ` that uses a member which only we define: its signer knew what it was signing,
 * so it must say so.
 *
 * @throws CryptoError `header`
 */
export function requireTypFor(opened: Opened<object>, ours: readonly string[]): void {
  const used = ours.find((name) => Object.hasOwn(opened.body, name));
  if (!opened.typed && used !== undefined) {
    throw new CryptoError("header", `A signed object with ${used} must say typ in its protected header.`);
  }
}
