/** One writer at a time, across processes; a dead process's lock is taken away, a living one's never. */
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withLock } from "../../src/node/index.ts";
import { type Bundle, bundle } from "../support/child.ts";

const SECONDS = 1000;
let ours: Bundle;
let folder: string;
let path: string;
beforeAll(async () => {
  ours = await bundle("node/index.ts");
});
afterAll(() => ours.discard());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lock-"));
  path = join(folder, "thing");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Makes the lock look as old as this. */
async function age(ms: number): Promise<void> {
  const then = new Date(Date.now() - ms);
  await utimes(`${path}.lock`, then, then);
}

/** A number in a file, made one larger without any care but the lock's. */
const COUNT = `
  const [path, rounds] = values;
  const { readFile, writeFile } = await import("node:fs/promises");
  for (let round = 0; round < Number(rounds); round++) {
    await ours.withLock(path, async () => {
      const count = Number(await readFile(path, "utf8"));
      await new Promise((go) => setTimeout(go, 1));
      await writeFile(path, String(count + 1));
    });
  }`;

const HOLD = `
  await ours.withLock(values[0], async () => {
    console.log("held");
    await new Promise((go) => setTimeout(go, 60_000));
  });`;

describe("a lock", () => {
  it("keeps two processes from changing the same thing at once", async () => {
    await writeFile(path, "0");
    const first = ours.start(COUNT, path, "100");
    const second = ours.start(COUNT, path, "100");
    await Promise.all([first.done, second.done]);
    expect(await readFile(path, "utf8")).toBe("200");
  });

  it("keeps many callers of one process apart", async () => {
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 25 }, () =>
        withLock(path, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await sleep(1);
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
  });

  it("is given back, whether the work ends well or not, with what the work gave or threw", async () => {
    expect(await withLock(path, () => Promise.resolve(7))).toBe(7);
    await expect(withLock(path, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await readdir(folder)).toEqual([]);
  });

  it("makes the folder that it is in", async () => {
    await withLock(join(folder, "deep", "down"), () => Promise.resolve());
    expect(await readdir(folder)).toEqual(["deep"]);
  });
});

describe("the lock of a process that was killed", () => {
  it("is taken away once it is old", async () => {
    const child = ours.start(HOLD, path);
    await child.printed("held");
    child.process.kill("SIGKILL");
    await child.done.catch(() => undefined);
    await age(11 * SECONDS);
    expect(await withLock(path, () => Promise.resolve("mine"))).toBe("mine");
    expect(await readdir(folder)).toEqual([]);
  });

  it("is taken away by one of several who wait, and they still come in one at a time", async () => {
    await writeFile(`${path}.lock`, `999999999 token ${hostname()}`);
    await writeFile(path, "0");
    await age(11 * SECONDS);
    const children = Array.from({ length: 4 }, () => ours.start(COUNT, path, "25"));
    await Promise.all(children.map((child) => child.done));
    expect(await readFile(path, "utf8")).toBe("100");
    expect(await readdir(folder)).toEqual(["thing"]);
  });

  it("is taken away where it died before it could say who it was", async () => {
    await writeFile(`${path}.lock`, "");
    await age(11 * SECONDS);
    expect(await withLock(path, () => Promise.resolve("mine"))).toBe("mine");
  });

  it("is taken away where this process has its number now, as in a restarted container", async () => {
    await writeFile(`${path}.lock`, `${process.pid} another-token ${hostname()}`);
    await age(11 * SECONDS);
    expect(await withLock(path, () => Promise.resolve("mine"))).toBe("mine");
  });

  it("is taken away after ten minutes, whoever has its number, and from another machine", async () => {
    for (const owner of [`${process.ppid} token ${hostname()}`, "1 token another-machine"]) {
      await writeFile(`${path}.lock`, owner);
      await age(11 * 60 * SECONDS);
      expect(await withLock(path, () => Promise.resolve("mine"))).toBe("mine");
    }
  });
});

describe("the lock of a process that is alive", () => {
  it("is not taken away because it is held for long", async () => {
    const child = ours.start(HOLD, path);
    await child.printed("held");
    await age(60 * SECONDS);
    const waiting = withLock(path, () => Promise.resolve("mine"));
    expect(await Promise.race([waiting, sleep(700, "waiting")])).toBe("waiting");
    child.process.kill("SIGKILL");
    await child.done.catch(() => undefined);
    expect(await waiting).toBe("mine");
  });

  it("of another machine is not taken away because its number means nothing here", async () => {
    await writeFile(`${path}.lock`, "999999999 token another-machine");
    await age(60 * SECONDS);
    const waiting = withLock(path, () => Promise.resolve("mine"));
    expect(await Promise.race([waiting, sleep(300, "waiting")])).toBe("waiting");
    await rm(`${path}.lock`);
    expect(await waiting).toBe("mine");
  });

  it("is not removed by one that finishes after its own was removed by hand", async () => {
    await withLock(path, async () => {
      await rm(`${path}.lock`);
      await writeFile(`${path}.lock`, "somebody else's");
    });
    expect(await readFile(`${path}.lock`, "utf8")).toBe("somebody else's");
  });
});
