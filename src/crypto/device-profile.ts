/** A device's profile (Appendix A of the design): its public keys and its account, signed by its own signing key. */
import {
  DeviceProfile,
  formatTime,
  type Jws,
  parseAccount,
  parseTime,
  type PresenceKey as PresenceKeyBody,
  type PublicJwk,
} from "../protocol/index.ts";
import { type EncryptionKey, importEncryptionKey } from "./encryption-key.ts";
import { CryptoError } from "./errors.ts";
import { signGeneral } from "./jws.ts";
import type { SigningKey } from "./keys.ts";
import { importPresenceKey, type PresenceKey } from "./presence-key.ts";
import { importPublicKey, type VerifyKey } from "./public-key.ts";
import { openSigned, TYP } from "./signed.ts";

export interface VerifiedProfile {
  readonly jws: Jws;
  /** Account id, domain in lower case. */
  readonly account: string;
  readonly signingKey: VerifyKey;
  readonly encryptionKey: EncryptionKey;
  /** Milliseconds since 1970; the device's own word. */
  readonly created: number;
  /** What it asks its user's fingerprint or PIN with; whether that counts, whoever verifies must know otherwise. */
  readonly presence: PresenceKey | undefined;
}

export interface NewDeviceProfile {
  readonly account: string;
  readonly encryptionKey: PublicJwk;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly presence?: PresenceKeyBody;
}

/** Signs the profile of a device. */
export function signDeviceProfile(key: SigningKey, profile: NewDeviceProfile): Promise<Jws> {
  const body: DeviceProfile = {
    Account: profile.account,
    SigningKey: key.jwk,
    EncryptionKey: profile.encryptionKey,
    Created: formatTime(profile.created),
    ...(profile.presence === undefined ? {} : { PresenceKey: profile.presence }),
  };
  return signGeneral(key, TYP.deviceProfile, JSON.stringify({ DeviceProfile: body }));
}

/**
 * Verifies a profile. It must say `typ`, and its signer must be the key that it names.
 *
 * @throws CryptoError, ProtocolError as `openSigned`; CryptoError `header`, `kid`
 */
export async function openDeviceProfile(jws: Jws): Promise<VerifiedProfile> {
  const { body, signer, typed } = await openSigned(jws, TYP.deviceProfile, DeviceProfile);
  if (!typed) throw new CryptoError("header", "A device profile must say typ in its protected header.");
  const signingKey = await importPublicKey(body.SigningKey, signer.alg);
  if (signingKey.kid !== signer.kid) throw new CryptoError("kid", "The device profile is not signed by its own key.");
  const encryptionKey = await importEncryptionKey(body.EncryptionKey);
  if (encryptionKey.kid === signingKey.kid) throw new CryptoError("key", "One key cannot both sign and decrypt.");
  const presence = body.PresenceKey === undefined ? undefined : await importPresenceKey(body.PresenceKey);
  if (presence !== undefined && [signingKey.kid, encryptionKey.kid].includes(presence.key.kid)) {
    throw new CryptoError("key", "The key for presence is another one than the device's own.");
  }
  return Object.freeze({
    jws,
    account: parseAccount(body.Account).id,
    signingKey,
    encryptionKey,
    created: parseTime(body.Created),
    presence,
  });
}
