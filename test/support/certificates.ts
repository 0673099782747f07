/**
 * Certificates for tests (RFC 5280), made on the spot: an authority of our own, and servers' certificates by it. Node has
 * no call that makes one, and those of a file would expire one day.
 */
import { createHash, generateKeyPairSync, type KeyObject, sign, X509Certificate } from "node:crypto";
import { isIP } from "node:net";

export interface Issued {
  /** PEM, both. */
  readonly cert: string;
  readonly key: string;
  /** base64 of SHA-256 over the public key: what Chromium's `--ignore-certificate-errors-spki-list` takes. */
  readonly spki: string;
}

export interface Authority extends Issued {
  /** A certificate for these DNS names and addresses. */
  readonly issue: (names: readonly string[], valid?: Valid) => Issued;
}

/** Milliseconds since 1970. */
export interface Valid {
  readonly from?: number;
  readonly to?: number;
}

const DAY = 24 * 3600_000;

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const hex = length.toString(16);
  const size = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, content]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
const TRUE = der(0x01, Buffer.from([0xff]));

const ECDSA_SHA256 = sequence(oid("2a8648ce3d040302"));
const COMMON_NAME = oid("550403");
const [BASIC, USAGE, ALTERNATIVE] = [oid("551d13"), oid("551d0f"), oid("551d11")];

const nameOf = (text: string): Buffer => sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(text)))));

function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replaceAll(/\.\d+|[-:T]/g, "");
  return der(0x18, Buffer.from(text));
}

function alternative(name: string): Buffer {
  if (isIP(name) === 4) return der(0x87, Buffer.from(name.split(".").map(Number)));
  return der(0x82, Buffer.from(name));
}

interface Contents {
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly valid: Valid;
}

let serial = 0;

function certificate({ issuer, subject, publicKey, signer, extensions, valid }: Contents): string {
  serial += 1;
  const now = Date.now();
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1, serial >> 8, serial & 0xff])),
    ECDSA_SHA256,
    nameOf(issuer),
    sequence(time(valid.from ?? now - DAY), time(valid.to ?? now + 30 * DAY)),
    nameOf(subject),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, signer));
  return new X509Certificate(sequence(body, ECDSA_SHA256, signature)).toString();
}

const newPair = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const pemOf = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();
const spkiOf = (key: KeyObject): string =>
  createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("base64");

/** Makes an authority that nobody trusts yet. */
export function newAuthority(): Authority {
  const ca = newPair();
  const issuer = "Test authority";
  const extensions = [
    sequence(BASIC, TRUE, der(0x04, sequence(TRUE))),
    sequence(USAGE, TRUE, der(0x04, der(0x03, Buffer.from([1, 0x06])))),
  ];
  const cert = certificate({
    issuer,
    subject: issuer,
    publicKey: ca.publicKey,
    signer: ca.privateKey,
    extensions,
    valid: {},
  });
  return {
    cert,
    key: pemOf(ca.privateKey),
    spki: spkiOf(ca.publicKey),
    issue: (names, valid = {}) => {
      const { publicKey, privateKey } = newPair();
      const alternatives = sequence(...names.map(alternative));
      const extensions = [sequence(ALTERNATIVE, der(0x04, alternatives))];
      const subject = names[0] ?? "";
      const cert = certificate({ issuer, subject, publicKey, signer: ca.privateKey, extensions, valid });
      return { cert, key: pemOf(privateKey), spki: spkiOf(publicKey) };
    },
  };
}
