/**
 * Whom a request is encrypted for: every device that may answer it, each under the key in its profile. The broker brings
 * the profiles; what it could change in one, the device's own signature or the endorsement of it shows.
 */
import type { EncryptionKey } from "../crypto/index.ts";
import { LIMITS } from "../protocol/index.ts";
import type { Answerer } from "./devices.ts";
import { EnquirerError } from "./errors.ts";

/**
 * The keys of the devices that may answer.
 *
 * @throws EnquirerError `undeliverable` where one of them has no profile at the broker, or there are none or too many
 */
export function recipientsOf(account: string, allowed: readonly Answerer[]): readonly EncryptionKey[] {
  if (allowed.length === 0 || allowed.length > LIMITS.recipients) {
    const many = `${String(allowed.length)} devices of ${account} may answer`;
    throw new EnquirerError("undeliverable", `A request is encrypted for 1 to ${LIMITS.recipients} devices; ${many}.`);
  }
  const keys = new Map<string, EncryptionKey>();
  for (const { kid, profile } of allowed) {
    if (profile === undefined) {
      throw new EnquirerError(
        "undeliverable",
        `The broker has no profile of the device ${kid} of ${account}, so nothing can be encrypted for it. ` +
          "If it is gone for good, remove its pin.",
      );
    }
    keys.set(profile.encryptionKey.kid, profile.encryptionKey);
  }
  return [...keys.values()];
}
