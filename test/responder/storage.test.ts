/** The storages that run in Node: the one of these tests, and the command line's files. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inboxFiles } from "../../src/cli/inbox-files.ts";
import { memoryInbox } from "../support/inbox-memory.ts";
import { storageSuite } from "./storage-suite.ts";

storageSuite("memory", () => {
  const { shelf } = memoryInbox();
  return Promise.resolve({ open: () => Promise.resolve(memoryInbox(shelf)), discard: () => Promise.resolve() });
});

storageSuite("files", async () => {
  const home = await mkdtemp(join(tmpdir(), "inbox-"));
  return {
    open: () => Promise.resolve(inboxFiles(home)),
    discard: () => rm(home, { recursive: true, force: true }),
  };
});
