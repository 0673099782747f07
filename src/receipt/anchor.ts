/** Is the device that signed an answer one that the verifier knows, and was it at that time? From pins alone, offline. */
import { formatTime, LIMITS } from "../protocol/index.ts";
import type { VerifiedAnswer } from "./answer.ts";
import type { Checklist } from "./checklist.ts";
import { ReceiptError } from "./errors.ts";
import { isOver, type KnownDevice, knownDevices, type PinnedKeys } from "./known-devices.ts";
import type { DeviceStatements } from "./statements.ts";

/** How the verifier knows the device that signed; `vouched`: by the broker's word alone. */
export type Anchor = "pinned" | "endorsed" | "vouched";

/**
 * Finds the way from the pins to the device that signed, and looks whether it was revoked.
 *
 * @param stamped.received - when a broker that the verifier knows took the answer in, milliseconds since 1970
 * @param stamped.vouching - that broker's kid, where its word is enough
 * @throws ReceiptError `not_anchored`, `revoked`
 */
export async function anchorDevice(
  answer: VerifiedAnswer,
  pinned: PinnedKeys,
  statements: DeviceStatements,
  checks: Checklist,
  stamped: { readonly received?: number | undefined; readonly vouching?: string | undefined } = {},
): Promise<Anchor> {
  const { received, vouching } = stamped;
  const { kid } = answer.response.signer;
  const known = knownDevices(pinned, statements).get(kid);
  const device = await checks.make("device", () => {
    // A device that the broker vouches for is as one that is pinned: it, too, may have been revoked.
    const vouched =
      vouching === undefined ? undefined : knownDevices({ ...pinned, devices: [kid] }, statements).get(kid);
    const found = known ?? vouched;
    if (found === undefined) throw new ReceiptError("not_anchored", strangerText(kid, pinned, statements));
    return found;
  });
  checks.passed(
    "device",
    known === undefined ? vouchedText(vouching, pinned.account) : knownText(device, pinned.account),
  );
  await checks.make("revocation", () => {
    checkRevocation(answer, device, received);
  });
  if (device.revocation !== undefined) {
    const who = received === undefined ? "when it answered is its own word" : "the broker's stamp is from before that";
    checks.passed("revocation", `the device was revoked later, ${sinceText(device)}; ${who}`);
  }
  if (known === undefined) return "vouched";
  return device.chain.length === 0 ? "pinned" : "endorsed";
}

function vouchedText(broker: string | undefined, account: string): string {
  return `not pinned: only the broker ${broker ?? ""} says that a device of ${account} answered`;
}

function knownText({ chain }: KnownDevice, account: string): string {
  const [first] = chain;
  if (first === undefined) return `pinned for ${account}`;
  const links = chain.map((link) => link.endorser).reverse();
  return `endorsed by ${links.join(", endorsed by ")}, pinned for ${account}; the broker's key that asked is pinned`;
}

/**
 * An answer of a device that was revoked counts if it is dated before. The device's own clock says so, and whoever has its
 * key can set that back; so where a known broker stamped the answer, its clock must agree.
 */
function checkRevocation(
  { response: { created } }: VerifiedAnswer,
  device: KnownDevice,
  received: number | undefined,
): void {
  const { revocation } = device;
  if (revocation === undefined) return;
  const isLate = received !== undefined && received > revocation.created + LIMITS.clockSkewMs;
  if (created !== undefined && !isOver(device, created) && !isLate) return;
  const dated = created === undefined ? "is not dated" : `is dated ${formatTime(created)} by its own clock`;
  const taken = isLate ? ` and came to the broker at ${formatTime(received)}` : "";
  throw new ReceiptError("revoked", `The device was revoked ${sinceText(device)}, and its answer ${dated}${taken}.`);
}

function sinceText({ kid, revocation }: KnownDevice): string {
  if (revocation === undefined) return "";
  const who = revocation.signer.kid === kid ? "itself" : revocation.signer.kid;
  return `at ${formatTime(revocation.created)}, says ${who}`;
}

/** Says what is missing where that is only the broker's key. */
function strangerText(kid: string, pinned: PinnedKeys, statements: DeviceStatements): string {
  const services = statements.endorsements.map((one) => one.service);
  const chain = knownDevices({ ...pinned, services }, statements).get(kid)?.chain ?? [];
  const link = chain.find((one) => !pinned.services.includes(one.service));
  const stranger = `Signed by ${kid}, a device that is not pinned for ${pinned.account}.`;
  if (link === undefined) return stranger;
  return `${stranger} A pinned device endorsed it, asked by ${link.service}: pin that key as well, if it is the broker's.`;
}
