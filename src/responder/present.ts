/** The request goes on the screen: from now on, and not for 600 ms yet, a decision about it counts. */
import { expireIfDue, isWaiting } from "./lapse.ts";
import { openForAccount } from "./open-entry.ts";
import type { ResponderPorts } from "./ports.ts";
import { isTold } from "./refusal.ts";
import type { RequestRef } from "./view.ts";

/**
 * Notes that a request is on the screen.
 *
 * @returns false where it is not pending any more, or is another request than the one named
 */
export async function present(ports: ResponderPorts, ref: RequestRef): Promise<boolean> {
  const entry = await ports.storage.get(ref, ref.digest);
  if (entry?.brokerId !== ref.id || (await expireIfDue(ports, entry)) || !isWaiting(entry)) return false;
  return ports.storage.replace(["verified", "presented"], { ...entry, state: "presented", presented: ports.clock() });
}

/** The screen would have to change the text to show it: it is not shown, and the user is told. */
export async function refuseUnshowable(ports: ResponderPorts, ref: RequestRef): Promise<boolean> {
  const entry = await ports.storage.get(ref, ref.digest);
  if (entry?.brokerId !== ref.id) return false;
  const now = ports.clock();
  const opened = await openForAccount(ports, entry, now);
  const reason = "sanitizer";
  return ports.storage.replace(["verified", "presented"], {
    ...entry,
    state: "refused",
    refusal: { reason, detail: "The sanitizer would have changed the text." },
    tell: opened.ok && (await isTold(ports.pins, { reason, sender: opened.request })),
    ended: now,
  });
}
