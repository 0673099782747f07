/** Passwords are kept as salted scrypt hashes (RFC 7914) and compared in constant time. */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

const LENGTH = 32;

export interface PasswordHash {
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

export async function hashPassword(password: string, salt: Uint8Array = randomBytes(16)): Promise<PasswordHash> {
  return { salt, hash: await derive(password, salt) };
}

export async function isPassword(password: string, kept: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, kept.salt), kept.hash);
}

function derive(password: string, salt: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFC"), salt, LENGTH, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
