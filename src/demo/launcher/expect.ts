/** What must hold while the demo goes on. */
import { LauncherError } from "./launcher-error.ts";

/** @throws LauncherError `step` with what is wrong */
export function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new LauncherError("step", otherwise, "Look at the pictures and logs in dist/demo.");
}
