/** While a broker runs it makes a checkpoint every hour, and one when it stops. */
import type { Service } from "../service.ts";
import { makeCheckpoint } from "./make-checkpoint.ts";

const HOUR_MS = 3_600_000;

/** @returns stops it, with a last checkpoint */
export function keepCheckpoints({ store, log, clock, keys }: Service): () => Promise<void> {
  const make = async (): Promise<void> => {
    try {
      await makeCheckpoint(store, keys.current(), clock());
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      log.write({ event: "store", detail: `No checkpoint of the audit log was made. ${detail}` });
    }
  };
  const timer = setInterval(() => void make(), HOUR_MS).unref();
  return () => {
    clearInterval(timer);
    return make();
  };
}
