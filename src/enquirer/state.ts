/** The enquirer's own files: its key, its pins, the requests that it posted. */
import { join } from "node:path";
import type { SigningKey } from "../crypto/index.ts";
import {
  loadSigningKey,
  type Pins,
  pinsFile,
  readOptionalFile,
  type RecordFile,
  withLock,
  writePrivateFile,
} from "../node/index.ts";
import { LIMITS, scanJson } from "../protocol/index.ts";
import { Posted } from "./types.ts";
import { type WrongCodes, wrongCodesFile } from "./wrong-codes.ts";

export interface EnquirerState {
  readonly key: SigningKey;
  readonly pins: RecordFile<Pins>;
  readonly wrongCodes: RecordFile<WrongCodes>;
  /** @returns false where another request was posted under this BrokerID; it stays */
  savePosted(posted: Posted): Promise<boolean>;
  /** @throws ProtocolError for a file that is not what `savePosted` wrote */
  loadPosted(brokerId: string): Promise<Posted | undefined>;
}

/** The file of the pins in a home folder. */
export function pinsPath(home: string): string {
  return join(home, "pins.json");
}

/** Opens the state in a folder; the key is made on first use. */
export async function openState(home: string): Promise<EnquirerState> {
  const postedPath = (brokerId: string): string => join(home, "posted", `${brokerId.replace(/[^A-Z2-7-]/g, "")}.json`);
  return {
    key: await loadSigningKey(join(home, "enquirer-key.json")),
    pins: pinsFile(pinsPath(home)),
    wrongCodes: wrongCodesFile(home),
    savePosted: (posted) => {
      const path = postedPath(posted.brokerId);
      return withLock(path, async () => {
        if ((await readOptionalFile(path)) !== undefined) return false;
        await writePrivateFile(path, `${JSON.stringify(posted)}\n`);
        return true;
      });
    },
    loadPosted: async (brokerId) => {
      const text = await readOptionalFile(postedPath(brokerId));
      return text === undefined ? undefined : Posted.read(scanJson(text, LIMITS.messageBytes), "posted");
    },
  };
}
