/**
 * A second implementation of what is encrypted, over `node:crypto` alone: ECDH, the Concat KDF (RFC 7518 §4.6.2), AES key
 * wrap (RFC 3394) and AES-256-GCM. It shares no line with `src` and does not use jose. It writes whatever it is told.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import { base64url, type ForeignKey, foreignKey } from "./foreign-signer.ts";

const ALG = "ECDH-ES+A256KW";
/** The first block of a wrapped key (RFC 3394 §2.2.3.1). */
const WRAP_IV = Buffer.alloc(8, 0xa6);

export interface ForeignRecipient {
  readonly header: Readonly<Record<string, unknown>>;
  readonly encrypted_key: string;
}

export interface ForeignJwe {
  readonly protected: string;
  readonly iv: string;
  readonly ciphertext: string;
  readonly tag: string;
  readonly recipients: readonly ForeignRecipient[];
}

function keyEncryptionKey(privateKey: KeyObject, publicKey: KeyObject): Buffer {
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const info = Buffer.concat([number(ALG.length), Buffer.from(ALG), number(0), number(0), number(256)]);
  const secret = diffieHellman({ privateKey, publicKey });
  return createHash("sha256")
    .update(Buffer.concat([number(1), secret, info]))
    .digest();
}

/** What a test may have otherwise than it should be. */
export interface ForeignFaults {
  /** The protected header; by default `enc` and the `cty` given. */
  readonly protected?: object;
  /** More of each recipient's own header; undefined takes a member away. */
  readonly header?: object;
}

/** Encrypts a text for keys, named by their fingerprints. */
export function foreignEncrypt(
  plaintext: string,
  cty: string,
  recipients: readonly Pick<ForeignKey, "kid" | "publicKey">[],
  faults: ForeignFaults = {},
): ForeignJwe {
  const encoded = base64url(JSON.stringify(faults.protected ?? { enc: "A256GCM", cty }));
  const key = randomBytes(32);
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(Buffer.from(encoded));
  const ciphertext = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final()]);
  return {
    protected: encoded,
    iv: base64url(iv),
    ciphertext: base64url(ciphertext),
    tag: base64url(cipher.getAuthTag()),
    recipients: recipients.map(({ kid, publicKey }) => {
      const ephemeral = foreignKey();
      const wrap = createCipheriv("id-aes256-wrap", keyEncryptionKey(ephemeral.privateKey, publicKey), WRAP_IV);
      return {
        header: { alg: ALG, kid, epk: ephemeral.jwk, ...faults.header },
        encrypted_key: base64url(Buffer.concat([wrap.update(key), wrap.final()])),
      };
    }),
  };
}

/** Decrypts as the holder of a key, from either header; throws where it does not decrypt. */
export function foreignDecrypt(jwe: ForeignJwe, key: ForeignKey): string {
  const recipient = jwe.recipients.find(({ header }) => header["kid"] === key.kid);
  const shared = JSON.parse(Buffer.from(jwe.protected, "base64url").toString()) as Readonly<Record<string, unknown>>;
  const { epk } = { ...shared, ...recipient?.header };
  const from = createPublicKey({ key: epk as Record<string, string>, format: "jwk" });
  const unwrap = createDecipheriv("id-aes256-wrap", keyEncryptionKey(key.privateKey, from), WRAP_IV);
  const content = Buffer.concat([
    unwrap.update(Buffer.from(recipient?.encrypted_key ?? "", "base64url")),
    unwrap.final(),
  ]);
  const decipher = createDecipheriv("aes-256-gcm", content, Buffer.from(jwe.iv, "base64url"));
  decipher.setAAD(Buffer.from(jwe.protected));
  decipher.setAuthTag(Buffer.from(jwe.tag, "base64url"));
  return decipher.update(Buffer.from(jwe.ciphertext, "base64url"), undefined, "utf8") + decipher.final("utf8");
}
