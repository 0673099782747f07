/** Revocations that this enquirer has seen. One is enough for ever: no later word of a broker brings the device back. */
import { openRevocation, type VerifiedRevocation } from "../crypto/index.ts";
import type { Pins } from "../node/index.ts";
import { formatTime } from "../protocol/index.ts";
import type { KnownDevice } from "../receipt/index.ts";
import type { LineOptions } from "./broker-line.ts";
import { EnquirerError } from "./errors.ts";

/** The stored revocations of an account. */
export async function seenRevocations({ revocations }: Pins, account: string): Promise<readonly VerifiedRevocation[]> {
  const ofAccount = revocations.filter((one) => one.account === account);
  return Promise.all(ofAccount.map((one) => openRevocation(one.revocation)));
}

/** Stores the revocations that are new here, and tells of them. */
export async function rememberRevocations(
  line: Pick<LineOptions, "pins" | "clock" | "notice">,
  known: Iterable<KnownDevice>,
  services: readonly string[],
): Promise<void> {
  const found = [...known].flatMap(({ revocation }) => revocation ?? []);
  const isNew = (pins: Pins) => (one: VerifiedRevocation) =>
    !pins.revocations.some((seen) => seen.account === one.account && seen.kid === one.kid);
  if (!found.some(isNew(await line.pins.read()))) return;
  let fresh: readonly VerifiedRevocation[] = [];
  const by = (one: VerifiedRevocation): "service" | "device" =>
    services.includes(one.signer.kid) ? "service" : "device";
  await line.pins.change((pins) => {
    fresh = found.filter(isNew(pins));
    const stored = fresh.map((one) => {
      const { account, kid, jws } = one;
      return { account, kid, by: by(one), revocation: jws, added: formatTime(line.clock()) };
    });
    return { ...pins, revocations: [...pins.revocations, ...stored] };
  });
  for (const one of fresh) line.notice({ kind: "device_revoked", account: one.account, device: one.kid, by: by(one) });
}

/**
 * No pinned device is left. Where the operator revoked one, that is an alarm and not an ending: the devices that the
 * broker names now are its word.
 */
export function noneLeft({ revocations }: Pins, account: string, pinned: readonly string[]): EnquirerError {
  const replaced = revocations.filter(
    (one) => one.account === account && one.by === "service" && pinned.includes(one.kid),
  );
  return replaced.length > 0
    ? new EnquirerError(
        "device_replaced",
        `device replaced by the operator: the broker of ${account} revoked ${replaced.map((one) => one.kid).join(", ")}, ` +
          "which was pinned here. Ask the user for the new device's fingerprint, on another way, and pin that.",
      )
    : new EnquirerError(
        "device_revoked",
        `Every device of ${account} that was pinned here is revoked (${pinned.join(", ")}). ` +
          "Ask the user for the fingerprint of the one in use, and pin that.",
      );
}
