/** Two brokers on one embedded file: the second refuses, the operator's commands work, and a killed one is followed by the next. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore, startBroker } from "../../../src/broker/index.ts";
import { System } from "../../support/system.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "confirm-sole-"));
});
afterEach(() => rm(folder, { recursive: true }));

const start = async () =>
  startBroker({ store: await openStore(folder), listen: { host: "127.0.0.1", port: 0 }, log: () => undefined });

/** Holds the folder in a process of its own, as a broker does. */
const HOLD = `
  const { openStore } = await import(process.argv[1]);
  const store = await openStore(process.argv[2]);
  await store.occupy();
  console.log("held");
  setInterval(() => undefined, 1000);`;
const STORE = join(import.meta.dirname, "../../../dist/node/broker/store/index.js");

describe("a folder", () => {
  it("has one broker at a time, also within one process", async () => {
    const first = await start();
    const said = { code: "in_use", message: expect.stringContaining(`in ${folder}: stop that one`) as string };
    await expect(start()).rejects.toMatchObject(said);
    await first.close();
    await (await start()).close();
  });

  it("is free for the next as soon as its broker was killed", async () => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", HOLD, STORE, folder]);
    await once(child.stdout, "data");
    await expect(start()).rejects.toMatchObject({ code: "in_use" });
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    await (await start()).close();
  });
});

it("a second `confirm broker` says which folder is taken and ends with 4, and the operator's commands work beside the first", async () => {
  const system = await System.start();
  const { code, stderr } = await system.confirm("broker", "--listen", "127.0.0.1:0", "--data", system.data);
  expect([code, stderr]).toEqual([
    4,
    `confirm: Another broker has its data in ${system.data}: stop that one, or give this one a folder of its own. ` +
      "Several brokers share a PostgreSQL (--store).\n",
  ]);
  expect((await system.confirm("account", "add", "carol@localhost", "--data", system.data)).code).toBe(0);
  await system.close();
});
