/** Why the machine will not show a request. */
import type { RefusalReason } from "./inbox-entry.ts";

export interface Refusal {
  readonly ok: false;
  readonly reason: RefusalReason;
  /** A sentence for whoever looks into it. */
  readonly detail: string;
}

export function refuse(reason: RefusalReason, detail: string): Refusal {
  return Object.freeze({ ok: false, reason, detail });
}
