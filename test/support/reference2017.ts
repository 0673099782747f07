/** A second implementation of what the 2017 reference signs, over `node:crypto` alone, faults included where told. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export interface Key2017 {
  readonly privateKey: KeyObject;
  readonly kid: string;
  /** As the reference prints it: with a line feed before each line of base64. */
  readonly printed: { readonly kid: string; readonly n: string; readonly e: string };
}

/** base64url as the reference writes it: in lines of 64, each after a line feed. */
export function lines(data: string | Uint8Array): string {
  return Buffer.from(data)
    .toString("base64url")
    .replace(/.{1,64}/g, "\n$&");
}

/** The fingerprint by the rule of 2017, bit by bit out of one number. */
export function fingerprintOf2017(contentType: string, data: Uint8Array): string {
  const inner = createHash("sha512").update(data).digest();
  const u = createHash("sha512").update(`${contentType}:`).update(inner).digest();
  const cut = Buffer.concat([Buffer.of(0x60), u.subarray(0, 17), Buffer.of(((u[17] ?? 0) * 4) % 256)]);
  let rest = BigInt(`0x${cut.toString("hex")}`) >> 2n;
  let signs = "";
  for (let count = 0; count < 30; count++) {
    signs = `${"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(Number(rest % 32n))}${signs}`;
    rest /= 32n;
  }
  return (signs.match(/.{5}/g) ?? []).join("-");
}

/** A new key of the reference's kind. */
export function key2017(bits = 2048, publicExponent = 65537): Key2017 {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: bits, publicExponent });
  const { n = "", e = "" } = publicKey.export({ format: "jwk" });
  const kid = fingerprintOf2017("application/x509-keyinfo", publicKey.export({ type: "pkcs1", format: "der" }));
  const printed = { kid, n: lines(Buffer.from(n, "base64url")), e: lines(Buffer.from(e, "base64url")) };
  return { privateKey, kid, printed };
}

export interface Faults {
  readonly alg?: string;
  readonly more?: object;
  readonly val?: string;
  readonly dig?: string;
}

/** Signs a payload as the reference does: over the bytes of the protected header, which has the payload's hash. */
export function sign2017(key: Key2017, payload: string, { alg = "RS512", dig = "S512", more, val }: Faults = {}) {
  const hash = val ?? lines(createHash("sha512").update(payload).digest());
  const header = Buffer.from(JSON.stringify({ alg, val: "@", ...more }, undefined, 2).replace("@", hash));
  return {
    unprotected: { dig },
    payload: lines(payload),
    signatures: [
      { header: { kid: key.kid }, protected: lines(header), signature: lines(sign("sha512", header, key.privateKey)) },
    ],
  };
}

/** JSON as the reference writes it: line feeds inside strings are raw. */
export function text2017(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replaceAll("\\n", "\n");
}
