/**
 * The broker's own certificate and private key, from two PEM files. What does not fit together is said before anything
 * listens, with the file's name; what is replaced while the broker runs is taken over once it fits together again.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { isIP } from "node:net";
import { createSecureContext } from "node:tls";
import { BrokerError } from "./errors.ts";

export interface TlsFiles {
  /** The certificate, followed by those of its issuers. */
  readonly certFile: string;
  readonly keyFile: string;
}

/** What a TLS server is made with. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** TLS 1.2 with forward secrecy and authenticated encryption, or 1.3 (RFC 9325 §4). */
export const TLS_RULES = {
  minVersion: "TLSv1.2",
  ciphers: [
    ...["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"],
    ...["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"],
    ...["ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"],
  ].join(":"),
} as const;

const wrong = (sentence: string): BrokerError => new BrokerError("tls", sentence);

/**
 * Reads certificate and key, and holds them against each other, the clock and the names that callers use.
 *
 * @param hosts - the hosts of the public URLs
 * @param now - milliseconds since 1970
 * @throws BrokerError `tls`, naming the file
 */
export async function readCertificate(files: TlsFiles, hosts: readonly string[], now: number): Promise<Certificate> {
  const { certFile, keyFile } = files;
  const cert = await readPem(certFile, "certificate");
  const key = await readPem(keyFile, "private key");
  await requirePrivate(keyFile);
  const certificate = parseCertificate(cert, certFile);
  if (!certificate.checkPrivateKey(parseKey(key, keyFile))) {
    throw wrong(`The private key in ${keyFile} is not that of the certificate in ${certFile}.`);
  }
  const [from, to] = [certificate.validFrom, certificate.validTo];
  if (now < Date.parse(from)) throw wrong(`The certificate in ${certFile} is valid only from ${from}.`);
  if (now > Date.parse(to)) throw wrong(`The certificate in ${certFile} was valid until ${to}.`);
  const foreign = hosts.find((host) => !isFor(certificate, host));
  if (foreign !== undefined) throw wrong(`The certificate in ${certFile} is not for ${foreign}.`);
  try {
    createSecureContext({ cert, key, ...TLS_RULES });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw wrong(`The certificate in ${certFile} and the key in ${keyFile} cannot be used: ${why}.`);
  }
  return { cert, key };
}

async function readPem(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw wrong(`The ${what} ${file} cannot be read: ${why}.`);
  }
}

/** Its owner, and a group that was made for it, may read a private key; nobody else. */
async function requirePrivate(keyFile: string): Promise<void> {
  if (process.platform === "win32" || ((await stat(keyFile)).mode & 0o007) === 0) return;
  throw wrong(`Everybody on this machine may open the private key ${keyFile}: chmod 600 it first.`);
}

function parseCertificate(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw wrong(`There is no certificate in PEM in ${file}.`);
  }
}

function parseKey(pem: string, file: string): KeyObject {
  if (pem.includes("ENCRYPTED")) {
    throw wrong(
      `The private key in ${file} is encrypted, and a broker that starts by itself cannot ask for its password.`,
    );
  }
  try {
    return createPrivateKey(pem);
  } catch {
    throw wrong(`There is no private key in PEM in ${file}.`);
  }
}

function isFor(certificate: X509Certificate, host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  return (isIP(bare) === 0 ? certificate.checkHost(bare) : certificate.checkIP(bare)) !== undefined;
}
