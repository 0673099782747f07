/** Files that only their owner may read, written whole or not at all. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultHome, isCode, readOptionalFile, writePrivateFile } from "../../src/node/index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "files-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

describe("a private file", () => {
  it("can be read by its owner alone, and so can the folders that were made for it", async () => {
    const path = join(folder, "a", "b", "key.json");
    await writePrivateFile(path, "secret\n");
    expect(await readFile(path, "utf8")).toBe("secret\n");
    expect(await modeOf(path)).toBe("600");
    expect(await modeOf(join(folder, "a"))).toBe("700");
    expect(await modeOf(join(folder, "a", "b"))).toBe("700");
  });

  it("is private even where the one before it was not", async () => {
    const path = join(folder, "key.json");
    await writeFile(path, "old");
    await chmod(path, 0o644);
    await writePrivateFile(path, "new");
    expect(await modeOf(path)).toBe("600");
    expect(await readFile(path, "utf8")).toBe("new");
  });

  it("is the old one or the new one at any time, never a part", async () => {
    const path = join(folder, "state.json");
    const texts = ["a".repeat(200_000), "b".repeat(150_000)];
    await writePrivateFile(path, texts[0] ?? "");
    const state = { writing: true };
    const writer = (async () => {
      for (let round = 0; round < 30; round++) await writePrivateFile(path, texts[round % 2] ?? "");
      state.writing = false;
    })();
    let reads = 0;
    while (state.writing) {
      const seen = await readFile(path, "utf8");
      expect(texts.includes(seen)).toBe(true);
      reads += 1;
    }
    await writer;
    expect(reads).toBeGreaterThan(5);
  });

  it("leaves nothing beside it, written or not", async () => {
    const path = join(folder, "state.json");
    await writePrivateFile(path, "one");
    await writePrivateFile(path, "two");
    expect(await readdir(folder)).toEqual(["state.json"]);
    const blocked = join(folder, "blocked");
    await mkdir(join(blocked, "inside"), { recursive: true });
    await expect(writePrivateFile(blocked, "three")).rejects.toThrow();
    expect((await readdir(folder)).sort()).toEqual(["blocked", "state.json"]);
  });

  it("takes the place of a link instead of writing through it", async () => {
    const outside = join(folder, "outside");
    await writeFile(outside, "untouched");
    await symlink(outside, join(folder, "link"));
    await writePrivateFile(join(folder, "link"), "secret");
    expect(await readFile(outside, "utf8")).toBe("untouched");
    expect(await readFile(join(folder, "link"), "utf8")).toBe("secret");
  });
});

describe("an optional file", () => {
  it("is undefined where there is none, and an error where it cannot be read", async () => {
    expect(await readOptionalFile(join(folder, "none"))).toBeUndefined();
    await expect(readOptionalFile(folder)).rejects.toSatisfy((error) => isCode(error, "EISDIR"));
  });
});

describe("the home folder", () => {
  it("is the named one, else the system's place for settings", () => {
    expect(defaultHome({ CONFIRM_HOME: "/srv/confirm", XDG_CONFIG_HOME: "/etc/xdg" })).toBe("/srv/confirm");
    expect(defaultHome({ CONFIRM_HOME: "", XDG_CONFIG_HOME: "/etc/xdg" })).toBe("/etc/xdg/mesh-confirm");
    expect(defaultHome({})).toMatch(/\/\.config\/mesh-confirm$/);
  });
});
