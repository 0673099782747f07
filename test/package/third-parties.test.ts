/** What others made of the packages is named in them, with its licence: for people in the notices, for machines in the SBOM. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Ajv } from "ajv";
import { afterAll, describe, expect, it } from "vitest";
import { archiveName, BROWSERS, readArchive, writePackages } from "../support/packages.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const SCHEMAS = join(ROOT, "node_modules/@cyclonedx/cyclonedx-library/res/schema");
const BASE = "http://cyclonedx.org/schema/";
const FOLDER = mkdtempSync(join(tmpdir(), "confirm-third-parties-"));
writePackages(FOLDER);

afterAll(() => {
  rmSync(FOLDER, { recursive: true });
});

interface Bill {
  readonly components: readonly { readonly name: string; readonly version: string; readonly "bom-ref": string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly metadata: object;
}

function schema(name: string): object {
  return JSON.parse(readFileSync(join(SCHEMAS, `${name}.SNAPSHOT.schema.json`), "utf8")) as object;
}

describe("the command", () => {
  const folder = join(ROOT, "dist/node/cli");
  const scripts = readdirSync(folder).filter((file) => file.endsWith(".js"));
  const text = scripts.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
  const notices = readFileSync(join(folder, "THIRD-PARTY-NOTICES.txt"), "utf8");

  it("is joined with all that it takes from npm but the two clients of the stores", () => {
    const taken = [...text.matchAll(/^import .*?"([^"]+)";$/gm)].map(([, from = ""]) => from);
    expect(new Set(taken.filter((from) => !/^(node:|\.\/)/.test(from)))).toEqual(new Set(["libsql", "pg"]));
  });

  it.each(["commander", "jose", "rolldown", "saxes", "ws", "xmlchars"])(
    "has the notice of %s, which is in it",
    (name) => {
      const installed = readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8");
      expect(notices).toContain(`\n${name} ${(JSON.parse(installed) as { readonly version: string }).version}\n`);
    },
  );

  it("has no notice of what is not in it", () => {
    expect(notices.match(/^=+\n(?=\S+ \d)/gm)).toHaveLength(6);
  });
});

describe.each(BROWSERS)("the package for %s", (browser) => {
  const files = readArchive(join(FOLDER, archiveName(browser)));
  const text = (name: string): string => Buffer.from(files.get(name) ?? []).toString("utf8");
  const bill = JSON.parse(text("sbom.cdx.json")) as Bill;
  const folders = new Set([...files.keys()].flatMap((name) => /^lib\/([^/]+)/.exec(name)?.[1] ?? []));

  it("has a bill of materials that CycloneDX's own schema takes", () => {
    const formats = { uri: true, "iri-reference": true, "idn-email": true, "date-time": true } as const;
    const schemas = Object.fromEntries(
      ["spdx", "jsf-0.82"].map((name) => [`${BASE}${name}.SNAPSHOT.schema.json`, schema(name)]),
    );
    const ajv = new Ajv({ strict: false, formats, schemas });
    const validate = ajv.compile(schema("bom-1.6"));
    validate(bill);
    expect(validate.errors).toBeNull();
    expect(validate({ ...bill, components: [{ name: "without a type" }] })).toBe(false);
  });

  it("lists each library that is in it, in the version that is installed, and the Unicode data", () => {
    const names = bill.components.map(({ name }) => name);
    expect(names.sort()).toEqual([...folders, "Unicode Character Database"].sort());
    expect(names).toEqual(expect.arrayContaining(["jose", "dompurify", "saxes", "xmlchars", "webextension-polyfill"]));
    for (const { name, version } of bill.components.filter(({ name }) => folders.has(name))) {
      const installed = readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8");
      expect(JSON.parse(installed)).toMatchObject({ name, version });
    }
  });

  it("says what needs what, and nothing of when or where it was made", () => {
    const edges = new Map(bill.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    const refs = bill.components.map((component) => component["bom-ref"]);
    const [saxes = "", xmlchars = ""] = ["saxes", "xmlchars"].map((name) => refs.find((ref) => ref.includes(name)));
    expect(edges.get(saxes)).toEqual([xmlchars]);
    expect([...edges.values()].flat().sort()).toEqual([...refs].sort());
    expect(bill).not.toHaveProperty("serialNumber");
    expect(bill.metadata).not.toHaveProperty("timestamp");
  });

  it("has the licence of each, whole, and our own", () => {
    const notices = text("THIRD-PARTY-NOTICES.txt");
    for (const name of folders) {
      const folder = join(ROOT, "node_modules", name);
      for (const file of readdirSync(folder).filter((one) => one.startsWith("LICENSE"))) {
        expect(notices).toContain(readFileSync(join(folder, file), "utf8").trim());
      }
    }
    for (const { name, version } of bill.components) expect(notices).toContain(`\n${name} ${version}\n`);
    for (const file of ["saxes", "unicode"]) {
      expect(notices).toContain(readFileSync(join(ROOT, `docs/licenses/${file}.txt`), "utf8").trim());
    }
    expect(text("LICENSE")).toBe(readFileSync(join(ROOT, "LICENSE"), "utf8"));
  });
});
