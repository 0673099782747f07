/**
 * Encryption around a signature (design §5): a JWE in General JSON whose plaintext is the JSON of one JWS, and whose
 * protected `cty` says which kind. ECDH-ES+A256KW on P-256 and A256GCM, and nothing else. What is inside is worth no more
 * than its signature: anybody can encrypt for a public key, and whoever decrypted can encrypt anew for somebody else.
 */
import { errors, flattenedDecrypt, type FlattenedJWE, GeneralEncrypt } from "jose";
import {
  decodeBase64url,
  type JsonObject,
  type JsonValue,
  Jwe,
  Jws,
  LIMITS,
  ProtocolError,
  PublicJwk,
  scanJson,
} from "../protocol/index.ts";
import { ALG, type DecryptionKey, type EncryptionKey, importPoint } from "./encryption-key.ts";
import { CryptoError } from "./errors.ts";
import { readHeader } from "./header.ts";
import { type Primitives, webPrimitives } from "./primitives.ts";

const ENC = "A256GCM";

/** A random 96-bit IV and a whole tag (RFC 7518 §5.3), a 256-bit key wrapped (RFC 3394): in bytes. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const WRAPPED_BYTES = 40;

/**
 * Encrypts a signed object.
 *
 * @param typ - the `typ` of the JWS; the envelope says it as its `cty`
 * @param recipients - each may read it; 1 to 16, no two the same
 * @throws ProtocolError `shape`, `json_too_large` where there are too many recipients, or too much to encrypt
 */
export async function encryptJws(jws: Jws, typ: string, recipients: readonly EncryptionKey[]): Promise<Jwe> {
  const isOne = recipients.length === 1;
  const encryption = new GeneralEncrypt(new TextEncoder().encode(JSON.stringify(jws)));
  // With one recipient everything but its name can be authenticated; of several each has an `alg` and `epk` of its own.
  encryption.setProtectedHeader({ enc: ENC, cty: typ, ...(isOne ? { alg: ALG } : {}) });
  for (const { kid, key } of recipients) {
    encryption.addRecipient(key).setUnprotectedHeader(isOne ? { kid } : { alg: ALG, kid });
  }
  return Jwe.read(scanJson(JSON.stringify(await encryption.encrypt()), LIMITS.messageBytes), "envelope");
}

/**
 * Decrypts a signed object. Its signature is for the caller to verify, and whether it was meant for this reader.
 *
 * @param typ - the `typ` of the JWS that is waited for
 * @throws CryptoError `header`, `algorithm`, `key`, `recipient`, `ciphertext`; ProtocolError, also where what is inside is
 *   no JWS, such as a second envelope
 */
export async function decryptJws(jwe: Jwe, typ: string, { kid, key }: DecryptionKey): Promise<Jws> {
  const header = checkJwe(jwe, typ);
  const recipient = jwe.recipients.find((one) => one.header.kid === kid);
  if (recipient === undefined) throw new CryptoError("recipient", "It is encrypted for another device than this one.");
  // The form was checked; that it is a point of the curve is checked here.
  await importPoint(ephemeralKey(header, recipient.header));
  const { protected: encoded, iv, ciphertext, tag } = jwe;
  const flat = { protected: encoded, iv, ciphertext, tag, encrypted_key: recipient.encrypted_key };
  const plaintext = await openContent({ ...flat, header: { ...recipient.header } }, key, { alg: ALG, enc: ENC });
  return Jws.read(scanJson(plaintext, LIMITS.messageBytes), "encrypted");
}

/**
 * The innermost step, over jose: decrypts a flattened JWE by one recipient's key.
 *
 * @returns the plaintext
 * @throws CryptoError `algorithm` for another algorithm than the named ones, `ciphertext` for whatever does not decrypt
 */
export async function openContent(
  jwe: FlattenedJWE,
  key: CryptoKey,
  allowed: { readonly alg: string; readonly enc: string },
): Promise<Uint8Array> {
  try {
    const { plaintext } = await flattenedDecrypt(jwe, key, {
      keyManagementAlgorithms: [allowed.alg],
      contentEncryptionAlgorithms: [allowed.enc],
      // Nothing here is compressed, and a bomb need not be defused that is not let in.
      maxDecompressedLength: 0,
    });
    return plaintext;
  } catch (error) {
    if (error instanceof errors.JOSEAlgNotAllowed) throw new CryptoError("algorithm", "The algorithm is not accepted.");
    if (error instanceof errors.JOSEError) {
      throw new CryptoError("ciphertext", "It does not decrypt: the bytes were changed, or its key was for another.");
    }
    throw error;
  }
}

/**
 * Checks what can be checked of an envelope by whoever cannot open it.
 *
 * @returns the protected header
 * @throws CryptoError `header`, `algorithm`, `key`; ProtocolError for what is not base64url or JSON
 */
export function checkJwe(jwe: Jwe, typ: string): JsonObject {
  const header = readHeader(jwe.protected);
  if (header["zip"] !== undefined) throw new CryptoError("header", "Compressed content (zip) is not read here.");
  if (header["enc"] !== ENC) throw new CryptoError("algorithm", `The content must be encrypted with ${ENC}.`);
  if (header["cty"] !== typ) throw new CryptoError("header", `The envelope does not say that it holds a ${typ}.`);
  requireBytes("iv", jwe.iv, IV_BYTES);
  // Bytes that moved from the tag to the ciphertext would decrypt all the same, under another digest.
  requireBytes("tag", jwe.tag, TAG_BYTES);
  decodeBase64url(jwe.ciphertext);
  const kids = new Set<string>();
  for (const recipient of jwe.recipients) {
    if (either(header, recipient.header, "alg") !== ALG) {
      throw new CryptoError("algorithm", `The key must be encrypted with ${ALG}.`);
    }
    ephemeralKey(header, recipient.header);
    requireBytes("encrypted_key", recipient.encrypted_key, WRAPPED_BYTES);
    kids.add(recipient.header.kid);
  }
  if (kids.size !== jwe.recipients.length) throw new CryptoError("header", "Two recipients have the same kid.");
  return header;
}

type RecipientHeader = Jwe["recipients"][number]["header"];

/** A parameter from one of the two headers (RFC 7516 §4: never from both). */
function either(header: JsonObject, own: RecipientHeader, name: "alg" | "epk"): JsonValue | undefined {
  if (header[name] !== undefined && own[name] !== undefined) {
    throw new CryptoError("header", `${name} stands in the protected header and in a recipient's.`);
  }
  return header[name] ?? own[name];
}

/** The sender's ephemeral key, which must be on the curve of the keys here. @throws CryptoError `key` */
function ephemeralKey(header: JsonObject, own: RecipientHeader): PublicJwk {
  const found = either(header, own, "epk");
  try {
    const epk = found === undefined ? undefined : PublicJwk.read(found, "epk");
    if (epk?.kty === "EC" && epk.crv === "P-256") return epk;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
  throw new CryptoError("key", "The ephemeral key (epk) is not a public EC key on P-256.");
}

function requireBytes(name: string, encoded: string, length: number): void {
  if (decodeBase64url(encoded).length === length) return;
  throw new CryptoError("header", `${name} must have ${String(length)} bytes.`);
}

/**
 * The digest of an envelope, for whoever cannot look into it: SHA-256(protected "." iv "." ciphertext "." tag), in
 * base64url. The keys of the recipients do not count, so taking one away makes no other object of it.
 */
export async function jweDigest(
  { protected: header, iv, ciphertext, tag }: Jwe,
  { sha256 }: Pick<Primitives, "sha256"> = webPrimitives,
): Promise<string> {
  return sha256(`${header}.${iv}.${ciphertext}.${tag}`);
}
