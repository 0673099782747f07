/** Erases texts and answers of what is over. Their digests stay, in the tables and in the log, so that nothing of it breaks. */
import type { AuditStore } from "../store/index.ts";

/** A long write would hold up the broker's. */
const STEP = 500;

export interface ErasedBodies {
  readonly requests: number;
  readonly answers: number;
}

/** @param before - milliseconds since 1970: what ended earlier is erased */
export async function eraseBodies(store: AuditStore, before: number, now: number): Promise<ErasedBodies> {
  const sum = { requests: 0, answers: 0 };
  for (let after = 0; ;) {
    const { last, requests, answers } = await store.eraseBodies({ before, after, limit: STEP, now });
    sum.requests += requests;
    sum.answers += answers;
    if (last === undefined) return sum;
    after = last;
  }
}
