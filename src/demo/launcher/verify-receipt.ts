/** Verifies the receipt as anybody would: with `confirm verify`, by the device's fingerprint, and not without. */
import { expect } from "./expect.ts";
import { PLACE } from "./place.ts";
import type { Processes } from "./processes.ts";
import type { Transcript } from "./transcript.ts";

/** @throws LauncherError `step` where it does not verify with the pin, or does without */
export async function verifyReceipt(
  processes: Processes,
  transcript: Transcript,
  receipt: string,
  kid: string,
): Promise<void> {
  const pinned = await processes.run([PLACE.confirm, "verify", receipt, "--pin", kid]);
  expect(pinned.code === 0, `The receipt does not verify: ${pinned.stderr.trim()}`);
  transcript.step(`confirm verify receipt.json --pin ${kid}`, ...pinned.stdout.trimEnd().split("\n"));
  const unpinned = await processes.run([PLACE.confirm, "verify", receipt]);
  expect(unpinned.code === 1, `Without the pin confirm verify ends with ${String(unpinned.code)}, not with 1.`);
  transcript.step("Without the pin it does not verify, and ends with 1:", unpinned.stderr.trim());
}
