/** Why the machine will not show a request. */
import type { VerifiedRequest } from "../crypto/index.ts";
import type { RefusalReason } from "./inbox-entry.ts";
import type { SenderPins } from "./ports.ts";

export interface Refusal {
  readonly ok: false;
  readonly reason: RefusalReason;
  /** A sentence for whoever looks into it. */
  readonly detail: string;
  /** Who verifiably sent it; undefined where that is not known. */
  readonly sender?: Pick<VerifiedRequest, "fromId" | "signer">;
}

/** What is wrong with the request itself, on any device: another one may have another key, clock or version. */
const FOR_ALL: readonly RefusalReason[] = ["malformed", "text", "sanitizer"];

/** Whether the broker is to be told `REFUSED`: for a pinned sender only, or a stranger would learn that the browser is on. */
export async function isTold(pins: SenderPins, { reason, sender }: Omit<Refusal, "ok" | "detail">): Promise<boolean> {
  if (sender === undefined || !FOR_ALL.includes(reason)) return false;
  return (await pins.pinnedKids(sender.fromId)).includes(sender.signer.kid);
}

export function refuse(reason: RefusalReason, detail: string): Refusal {
  return Object.freeze({ ok: false, reason, detail });
}
