/** Once a second: requests whose time has passed expire, and what is stale is forgotten. */
import { shortId } from "./log.ts";
import type { Service } from "./service.ts";

const SWEEP_MS = 1000;
const EXPIRED_PER_STEP = 200;
/** Together they forget more calls a second than one process can verify. */
const FORGETTING_STEPS = 5;

/** One sweep. */
export async function sweep({ store, notices, log, clock, trouble }: Service): Promise<void> {
  const now = clock();
  let settled = await store.expireDue(now, EXPIRED_PER_STEP);
  for (;;) {
    for (const one of settled) {
      notices.settled(one);
      log.write({ event: "settled", account: one.account, request: shortId(one.brokerId), state: one.state });
    }
    if (settled.length < EXPIRED_PER_STEP) break;
    settled = await store.expireDue(now, EXPIRED_PER_STEP);
  }
  for (let step = 0; step < FORGETTING_STEPS; step += 1) if (!(await store.forget(now))) break;
  // Whether there is room again only a write can tell.
  if (trouble.isFull) await store.claimCall({ kid: "a try", jti: String(now), until: now });
  trouble.worked();
}

/** Sweeps until the function returned is called, which waits for a sweep under way. */
export function startSweeping(service: Service): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const next = (): void => {
    running = sweep(service).catch((error: unknown) => {
      if (service.trouble.note(error)) return;
      const detail = error instanceof Error ? error.message : String(error);
      service.log.write({ event: "defect", where: "sweep", detail });
    });
    void running.then(() => {
      if (!stopped) timer = setTimeout(next, SWEEP_MS).unref();
    });
  };
  next();
  return () => {
    stopped = true;
    clearTimeout(timer);
    return running;
  };
}
