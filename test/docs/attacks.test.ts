/** The table of attacks in docs/security.md: each row is whole, and each test that it names is in its file, under that title. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "./documents.ts";

const [, section = ""] = readFileSync(join(ROOT, "docs/security.md"), "utf8").split(/^## Attacks$/m);
const ROWS = (section.split(/^## /m)[0] ?? "")
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .slice(2)
  .map((line) => line.slice(1, -1).split("|"));

/** `file: title` in a cell, as often as it is there. */
function testsIn(cell: string): readonly (readonly [file: string, title: string])[] {
  return [...cell.matchAll(/`(test\/[^`:]+): ([^`]+)`/g)].map(([, file = "", title = ""]) => [file, title]);
}

describe("the table of attacks", () => {
  it("has rows", () => {
    expect(ROWS.length).toBeGreaterThan(20);
  });

  it.each(ROWS.map((row) => [row[0]?.trim() ?? "", row] as const))("%s: names tests that are there", (_, row) => {
    const [attack = "", stops = "", tests = "", firefox = "", ...more] = row.map((cell) => cell.trim());
    expect([attack, stops, firefox].filter((cell) => cell === "")).toEqual([]);
    expect(more).toEqual([]);
    expect(testsIn(tests).length).toBeGreaterThan(0);
    for (const [file, title] of [...testsIn(tests), ...testsIn(firefox)]) {
      expect(existsSync(join(ROOT, file)), file).toBe(true);
      expect(readFileSync(join(ROOT, file), "utf8"), `${file}: ${title}`).toContain(title);
    }
    // What runs in both browsers says so in its file.
    if (firefox !== "same test") return;
    expect(testsIn(tests).some(([file]) => readFileSync(join(ROOT, file), "utf8").includes("BROWSERS"))).toBe(true);
  });
});
