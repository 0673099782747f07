/**
 * A browser's profile folder: one that the caller keeps, or a temporary one that goes with the browser. Never the
 * user's own profile.
 */
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Profile {
  readonly path: string;
  /** No browser has written to it yet. */
  readonly empty: boolean;
  /** Removes the folder when it is temporary; does nothing to one that the caller keeps. */
  readonly discard: () => Promise<void>;
}

/** Opens the folder `kept`, made when missing, or a new temporary one. */
export async function openProfile(kept: string | undefined): Promise<Profile> {
  if (kept !== undefined) {
    await mkdir(kept, { recursive: true });
    const empty = (await readdir(kept)).length === 0;
    return { path: kept, empty, discard: () => Promise.resolve() };
  }
  const path = await mkdtemp(join(tmpdir(), "mesh-confirm-profile-"));
  // A browser's last helper may still write while its main process has ended.
  const discard = (): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  return { path, empty: true, discard };
}
