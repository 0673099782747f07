/** A device's profile (Appendix A of the design): its public keys and its account, signed by its own signing key. */
import { DeviceProfile, formatTime, type Jws, parseAccount, parseTime, type PublicJwk } from "../protocol/index.ts";
import { type EncryptionKey, importEncryptionKey } from "./encryption-key.ts";
import { CryptoError } from "./errors.ts";
import { signGeneral } from "./jws.ts";
import type { SigningKey } from "./keys.ts";
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
}

/** Signs the profile of a device. `created` is milliseconds since 1970. */
export function signDeviceProfile(
  key: SigningKey,
  profile: { readonly account: string; readonly encryptionKey: PublicJwk; readonly created: number },
): Promise<Jws> {
  const body: DeviceProfile = {
    Account: profile.account,
    SigningKey: key.jwk,
    EncryptionKey: profile.encryptionKey,
    Created: formatTime(profile.created),
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
  return Object.freeze({
    jws,
    account: parseAccount(body.Account).id,
    signingKey,
    encryptionKey,
    created: parseTime(body.Created),
  });
}
