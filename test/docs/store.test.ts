/** What the stores are told is what the package does: its description, permissions, connections and the data that leave. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "./documents.ts";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const json = (path: string): unknown => JSON.parse(read(path));

interface Manifest {
  readonly permissions: readonly string[];
  readonly content_security_policy: { readonly extension_pages: string };
  readonly browser_specific_settings: {
    readonly gecko: { readonly data_collection_permissions: { readonly required: readonly string[] } };
  };
}

const manifest = json("manifest.json") as Manifest;
const permissions = read("docs/store/permissions.md");

/** What the first column of a document's tables has in code marks. */
function firstColumn(text: string): readonly string[] {
  return [...text.matchAll(/^\| `([^`]+)` +\| \S/gm)].map(([, name = ""]) => name);
}

describe("the store's documents", () => {
  it("give a reason for each permission, and for each that the policy may connect to", () => {
    const sources = /connect-src ([^;]+)/.exec(manifest.content_security_policy.extension_pages)?.[1]?.split(" ") ?? [];
    expect(sources.length).toBeGreaterThan(1);
    expect([...firstColumn(permissions)].sort()).toEqual([...manifest.permissions, ...sources].sort());
  });

  it("say what leaves the machine in the words that Firefox shows at installation, all of them and no other", () => {
    const rows = read("docs/store/privacy.md").matchAll(/^\| [^|]+ \| [^|]+ \| [^|]+ \| `(\w+)` +\|$/gm);
    const declared = manifest.browser_specific_settings.gecko.data_collection_permissions.required;
    expect([...new Set([...rows].map(([, word]) => word))].sort()).toEqual([...declared].sort());
  });

  it("have the manifest's own description as the summary, within both stores' limits", () => {
    const [, summary = ""] = /^> (.+)$/m.exec(read("docs/store/listing.md")) ?? [];
    const messages = json("public/_locales/en/messages.json") as Record<string, { readonly message: string }>;
    expect(summary).toBe(messages["extensionDescription"]?.message);
    expect(summary.length).toBeLessThanOrEqual(132);
  });

  it("name what the package is called", () => {
    const messages = json("public/_locales/en/messages.json") as Record<string, { readonly message: string }>;
    expect(read("docs/store/listing.md")).toContain(`\n\n${messages["extensionName"]?.message ?? "?"}\n`);
  });

  it("name each picture that there is, in the stores' sizes and without transparency", () => {
    const named = [...read("docs/store/listing.md").matchAll(/\]\((images\/[^)]+)\)/g)].map(([, name = ""]) => name);
    const there = readdirSync(join(ROOT, "docs/store/images")).map((name) => `images/${name}`);
    expect(named.sort()).toEqual(there.sort());
    for (const name of named) {
      const png = readFileSync(join(ROOT, "docs/store", name));
      const [width, height, colours] = [png.readUInt32BE(16), png.readUInt32BE(20), png.readUInt8(25)];
      expect(`${width}x${height}`, name).toBe(name.endsWith("tile.png") ? "440x280" : "1280x800");
      // Red, green and blue, or a palette.
      expect([2, 3], name).toContain(colours);
    }
  });
});
