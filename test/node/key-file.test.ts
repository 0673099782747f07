/** A signing key in a file: made once, by whoever comes first, private, and never replaced where it is damaged. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CryptoError, newSigningPair, exportPair, openRequest } from "../../src/crypto/index.ts";
import { loadSigningKey } from "../../src/node/index.ts";
import { type Bundle, bundle } from "../support/child.ts";
import { signedRequest } from "../support/signing.ts";

let ours: Bundle;
let folder: string;
let path: string;
beforeAll(async () => {
  ours = await bundle("node/index.ts");
});
afterAll(() => ours.discard());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "key-"));
  path = join(folder, "enquirer-key.json");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a key file", () => {
  it("is made once by two processes that both find none", async () => {
    const load = "console.log((await ours.loadSigningKey(values[0])).kid);";
    for (let round = 0; round < 3; round++) {
      const each = join(folder, String(round), "key.json");
      const kids = await Promise.all([ours.start(load, each).done, ours.start(load, each).done]);
      expect(kids[0]).toBe(kids[1]);
      expect(kids[0].trim()).toBe((await loadSigningKey(each)).kid);
    }
  });

  it("is made once by many callers of one process", async () => {
    const keys = await Promise.all(Array.from({ length: 10 }, () => loadSigningKey(path)));
    expect(new Set(keys.map((key) => key.kid)).size).toBe(1);
  });

  it("can be read by its owner alone, and leaves nothing beside it", async () => {
    await loadSigningKey(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["enquirer-key.json"]);
  });

  it("signs as before after a restart", async () => {
    const before = await loadSigningKey(path);
    const after = await loadSigningKey(path);
    expect((await openRequest(await signedRequest(after))).signer.kid).toBe(before.kid);
  });

  it.each([
    ["empty", () => ""],
    ["cut off", (text: string) => text.slice(0, 40)],
    ["another kind of key", () => '{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}'],
    ["without its private member", (text: string) => text.replace(/,"d":"[^"]*"/, "")],
    ["of mixed halves", (text: string) => text],
  ])("that is %s is refused, and a new key does not take its place", async (kind, damage) => {
    await loadSigningKey(path);
    const sound = await readFile(path, "utf8");
    const other = await exportPair(await newSigningPair({ extractable: true }));
    const mixed = { ...(JSON.parse(sound) as object), d: other.d };
    const content = kind === "of mixed halves" ? JSON.stringify(mixed) : damage(sound);
    await writeFile(path, content);
    await expect(loadSigningKey(path)).rejects.toThrow();
    expect(await readFile(path, "utf8")).toBe(content);
  });

  it("with a member twice is refused", async () => {
    await writeFile(path, '{"kty":"EC","kty":"EC"}');
    await expect(loadSigningKey(path)).rejects.not.toBeInstanceOf(CryptoError);
  });
});
