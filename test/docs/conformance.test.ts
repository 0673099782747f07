/**
 * docs/conformance.md is whole and true: every section of the drafts that defines something, every message, structure and
 * field of the schema is in it; what it names is there; and rows drawn by a seed fail without their function.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/protocol/index.ts";
import { wireSchema } from "../../src/receipt/wire-schema.ts";
import { seedOf } from "../support/random.ts";
import { readDraft, whyNoDraft } from "../support/vectors.ts";
import { ROOT } from "./documents.ts";
import { draw, readRows, tryRow } from "./sample-conformance.mjs";

const ROWS = readRows();
const SAMPLED = 3;

describe("each row", () => {
  it.each(ROWS.map((row) => [`line ${row.line}`, row] as const))("%s is whole, and names what is there", (_, row) => {
    expect(row.whole).toBe(true);
    expect(existsSync(join(ROOT, row.test)), row.test).toBe(true);
    const exported = new RegExp(`^export (?:async )?(?:function|const) ${row.name}\\b`, "m");
    expect(readFileSync(join(ROOT, row.file), "utf8")).toMatch(exported);
  });

  it("of what is ours is a section of the document", () => {
    const text = readFileSync(join(ROOT, "docs/protocol.md"), "utf8");
    const headings = [...text.matchAll(/^#{2,4} ([^\n(]*[^\n( ])/gm)].map(([, heading]) => heading);
    const ours = ROWS.map(({ section }) => section).filter((section) => !section.startsWith("-"));
    expect(ours.length).toBeGreaterThan(20);
    expect(headings).toEqual(expect.arrayContaining([...new Set(ours)]));
  });
});

/** `-00 §3.6, §3.6.1` as the sections that it means. */
function sectionsOf(draft: "00" | "01"): ReadonlySet<string> {
  const cells = ROWS.map(({ section }) => section).filter((section) => section.startsWith(`-${draft} `));
  return new Set(cells.flatMap((cell) => [...cell.matchAll(/§([\d.]+)/g)].map(([, number]) => number ?? "")));
}

describe.each(["00", "01"] as const)("draft -%s", (draft) => {
  it("has a row for each section that defines a message, a structure, a transaction, codes or the markup", (context) => {
    const reason = whyNoDraft(draft);
    if (reason !== undefined) context.skip(reason);
    const heading =
      /^[#* ]*([\d.]+?)\.? (Message|Structure|Transaction|.*Codes$|Imported Objects|XML Schema|.*\(SRMLv1\))/gm;
    const defined = [...readDraft(draft).matchAll(heading)].map(([, number]) => number ?? "");
    expect(defined.length).toBeGreaterThan(20);
    const listed = sectionsOf(draft);
    expect(defined.filter((number) => !listed.has(number))).toEqual([]);
  });
});

/** The names of all members that a schema has, at any depth. */
function membersOf(schema: JsonValue): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap((one: JsonValue) => membersOf(one));
  if (!isJsonObject(schema)) return [];
  const properties = schema["properties"] ?? {};
  const own = isJsonObject(properties) ? Object.keys(properties) : [];
  return [...own, ...Object.values(schema).flatMap(membersOf)];
}

describe("the schema", () => {
  const text = ROWS.map(({ defines, members }) => `${defines} ${members}`).join(" ");
  const words = new Set(text.match(/\w+/g));

  it("has no message that no row names", () => {
    const messages = (wireSchema()["anyOf"] as readonly JsonObject[]).map(({ title }) => title as string);
    expect(messages.filter((name) => !words.has(name))).toEqual([]);
  });

  it("has no member that no row names", () => {
    const members = new Set(Object.values(wireSchema()["$defs"] as JsonObject).flatMap(membersOf));
    expect(members.size).toBeGreaterThan(80);
    expect([...members].filter((name) => !words.has(name))).toEqual([]);
  });
});

const seed = seedOf("rows of docs/conformance.md");

describe("a row that is drawn", () => {
  it.each(draw(ROWS, SAMPLED, seed).map((row) => [`line ${row.line}`, row] as const))(
    "%s: its test fails when its function is taken away",
    async (_, row) => {
      const { failed, text } = await tryRow(row);
      expect(failed, `${row.test} without ${row.name}: ${text.slice(-1500)}`).toBe(true);
    },
    180_000,
  );

  it("and a test that has nothing to do with the function is told apart", async () => {
    const stranger = { file: "src/protocol/time.ts", name: "parseTime", test: "test/protocol/base64url.test.ts" };
    const row = { ...stranger, line: 0, whole: true, section: "", defines: "", members: "" };
    expect((await tryRow(row)).failed).toBe(false);
  }, 180_000);
});
