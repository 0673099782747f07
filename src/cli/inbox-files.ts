/** The inbox of the command line: a file for each request, changed under a lock, so that two processes never both answer. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isCode, readOptionalFile, withLock, writePrivateFile } from "../node/index.ts";
import {
  type AccountKey,
  type InboxEntry,
  type InboxStorage,
  readStoredEntry,
  writeStoredEntry,
} from "../responder/index.ts";
import { notDamaged } from "./damaged.ts";
import { fileNameOf } from "./device-home.ts";

/** The inbox in a home folder. */
export function inboxFiles(home: string): InboxStorage {
  const folderOf = (account: AccountKey): string => join(home, "inbox", fileNameOf(account));
  const pathOf = (account: AccountKey, digest: string): string => join(folderOf(account), `${digest}.json`);
  const get = async (account: AccountKey, digest: string): Promise<InboxEntry | undefined> => {
    const path = pathOf(account, digest);
    return notDamaged(path, async () => {
      const content = await readOptionalFile(path);
      return content === undefined ? undefined : readStoredEntry(content);
    });
  };
  const put = (entry: InboxEntry): Promise<void> =>
    writePrivateFile(pathOf(entry, entry.digest), `${writeStoredEntry(entry)}\n`);

  return {
    get,
    list: async (account) => {
      const names = await readdir(folderOf(account)).catch((error: unknown) => {
        if (isCode(error, "ENOENT")) return [];
        throw error;
      });
      const entries: InboxEntry[] = [];
      for (const name of names.filter((one) => one.endsWith(".json"))) {
        const entry = await get(account, name.slice(0, -".json".length));
        if (entry !== undefined) entries.push(entry);
      }
      return entries.sort((a, b) => a.received - b.received);
    },
    remove: (account, digest) => withLock(pathOf(account, digest), () => rm(pathOf(account, digest), { force: true })),
    insert: (entry) =>
      withLock(pathOf(entry, entry.digest), async () => {
        if ((await get(entry, entry.digest)) !== undefined) return false;
        await put(entry);
        return true;
      }),
    replace: (from, entry) =>
      withLock(pathOf(entry, entry.digest), async () => {
        const now = await get(entry, entry.digest);
        if (now === undefined || !from.includes(now.state)) return false;
        await put(entry);
        return true;
      }),
  };
}
