/** Once a second: requests whose time has passed expire, and what is stale is forgotten. */
import { shortId } from "./log.ts";
import type { Service } from "./service.ts";
import { isPassing } from "./store/index.ts";

const SWEEP_MS = 1000;
const EXPIRED_PER_STEP = 200;

/** One sweep. */
export async function sweep({ store, notices, log, clock }: Service): Promise<void> {
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
  await store.forget(now);
}

/** Sweeps until the function returned is called, which waits for a sweep under way. */
export function startSweeping(service: Service): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  /** Why the store could not be used at the last sweep, which is logged once. */
  let said = "";
  const next = (): void => {
    running = sweep(service).then(
      () => {
        if (said !== "") service.log.write({ event: "store", detail: "The store can be used again." });
        said = "";
      },
      (error: unknown) => {
        const detail = error instanceof Error ? error.message : String(error);
        if (!isPassing(error)) service.log.write({ event: "defect", where: "sweep", detail });
        else if (said !== detail) service.log.write({ event: "store", detail });
        if (isPassing(error)) said = detail;
      },
    );
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
