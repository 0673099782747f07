/** Is the device that signed an answer one that the verifier knows, and was it at that time? From pins alone, offline. */
import { formatTime } from "../protocol/index.ts";
import type { VerifiedAnswer } from "./answer.ts";
import type { Checklist } from "./checklist.ts";
import { ReceiptError } from "./errors.ts";
import { type DeviceStatements, isOver, type KnownDevice, knownDevices, type PinnedKeys } from "./known-devices.ts";

/**
 * Finds the way from the pins to the device that signed, and looks whether it was revoked.
 *
 * @throws ReceiptError `not_anchored`, `revoked`
 */
export async function anchorDevice(
  answer: VerifiedAnswer,
  pinned: PinnedKeys,
  statements: DeviceStatements,
  checks: Checklist,
): Promise<KnownDevice> {
  const { kid } = answer.response.signer;
  const device = await checks.make("device", () => {
    const known = knownDevices(pinned, statements).get(kid);
    if (known === undefined) throw new ReceiptError("not_anchored", strangerText(kid, pinned, statements));
    return known;
  });
  checks.passed("device", knownText(device, pinned.account));
  await checks.make("revocation", () => {
    checkRevocation(answer, device);
  });
  if (device.revocation !== undefined) {
    const since = sinceText(device);
    checks.passed("revocation", `the device was revoked later, ${since}; when it answered is its own word`);
  }
  return device;
}

function knownText({ chain }: KnownDevice, account: string): string {
  const [first] = chain;
  if (first === undefined) return `pinned for ${account}`;
  const links = chain.map((link) => link.endorser).reverse();
  return `endorsed by ${links.join(", endorsed by ")}, pinned for ${account}; the broker's key that asked is pinned`;
}

/** An answer of a device that was revoked counts if it is dated before; the device's own clock says so. */
function checkRevocation({ response: { created } }: VerifiedAnswer, device: KnownDevice): void {
  if (device.revocation === undefined || (created !== undefined && !isOver(device, created))) return;
  const dated = created === undefined ? "is not dated" : `is dated ${formatTime(created)} by its own clock`;
  throw new ReceiptError("revoked", `The device was revoked ${sinceText(device)}, and its answer ${dated}.`);
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
