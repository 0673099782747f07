/** A small file of known shape: changes of two processes both count, and what it holds can always be read again. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pinsFile, recordFile } from "../../src/node/index.ts";
import { list, object, ProtocolError, text } from "../../src/protocol/index.ts";
import { type Bundle, bundle } from "../support/child.ts";

const Names = object({ names: list(text(1, 20), 0, 300) });
const KID = "MDDK7-N6A72-7AJZN-OSTRX-XKS7D-JAFXI";

let ours: Bundle;
let folder: string;
let path: string;
beforeAll(async () => {
  ours = await bundle("node/index.ts");
});
afterAll(() => ours.discard());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "record-"));
  path = join(folder, "pins.json");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ADD = `
  const [path, name] = values;
  const file = ours.pinsFile(path);
  for (let round = 0; round < 40; round++) {
    const pin = { account: name + round + "@example.com", kid: "${KID}", how: "pinned", added: "2030-03-01T12:00:00Z" };
    await file.change((pins) => ({ ...pins, devices: [...pins.devices, pin] }));
  }`;

describe("a record file", () => {
  it("counts the changes of two processes that change it at once", async () => {
    await Promise.all([ours.start(ADD, path, "left").done, ours.start(ADD, path, "right").done]);
    const { devices } = await pinsFile(path).read();
    expect(new Set(devices.map((pin) => pin.account)).size).toBe(80);
  });

  it("counts all changes of one process at once", async () => {
    const file = recordFile(path, Names, { names: [] });
    const names = Array.from({ length: 30 }, (_, index) => `name ${index}`);
    await Promise.all(names.map((name) => file.change((value) => ({ names: [...value.names, name] }))));
    expect([...(await file.read()).names].sort()).toEqual(names.sort());
  });

  it("is empty where there is no file, and private where there is one", async () => {
    const file = recordFile(path, Names, { names: [] });
    expect(await file.read()).toEqual({ names: [] });
    await file.change(() => ({ names: ["one"] }));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it.each([
    ["cut off", '{"names":["one"'],
    ["of another shape", '{"names":"one"}'],
    ["with a member twice", '{"names":["one"],"names":["two"]}'],
    ["empty", ""],
  ])("that is %s is refused, and not overwritten", async (_, content) => {
    await writeFile(path, content);
    const file = recordFile(path, Names, { names: [] });
    await expect(file.read()).rejects.toThrow(ProtocolError);
    await expect(file.change(() => ({ names: ["new"] }))).rejects.toThrow(ProtocolError);
    expect(await readFile(path, "utf8")).toBe(content);
  });

  it("does not take a value that it could not read again, and keeps the one before", async () => {
    const file = recordFile(path, Names, { names: [] });
    await file.change(() => ({ names: ["one"] }));
    await expect(file.change(() => ({ names: Array.from({ length: 301 }, () => "x") }))).rejects.toThrow(ProtocolError);
    expect(await file.read()).toEqual({ names: ["one"] });
  });

  it("gives its lock back after a change that failed", async () => {
    const file = recordFile(path, Names, { names: [] });
    const failing = file.change(() => {
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    await file.change(() => ({ names: ["one"] }));
    expect(await file.read()).toEqual({ names: ["one"] });
  });
});
