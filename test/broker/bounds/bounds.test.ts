/** Every queue that others can fill, and its bound: the table of docs/security.md, held to the code. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { describe, expect, it } from "vitest";
import { BOUNDS } from "../../../src/broker/bounds/bounds.ts";
import { createLog, MOST_GATHERED } from "../../../src/broker/log.ts";
import { GroupCommit, MOST_QUEUED } from "../../../src/broker/store/sqlite/group-commit.ts";

const ROOT = join(import.meta.dirname, "../../..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

const [, section = ""] = read("docs/security.md").split(/^## How much a broker holds$/m);
const TABLE = (section.split(/^## /m)[0] ?? "").split("\n").filter((line) => line.startsWith("|"));

/** `NAME` value, and the file where it says so. */
const ROWS = TABLE.slice(2).flatMap((line) => {
  const [, what = "", bound = ""] = line.split("|").map((cell) => cell.trim());
  const file = /`(src\/[^`]+)`/.exec(bound)?.[1];
  return [...bound.matchAll(/`(\w+)` (\d+)/g)].map(([, name = "", value = ""]) => ({
    what,
    name,
    value: Number(value),
    file,
  }));
});

/** A literal, or a product of literals. */
function valueOf(text: string): number {
  return text
    .split("*")
    .map((factor) => Number(factor.trim().replaceAll("_", "")))
    .reduce((product, factor) => product * factor, 1);
}

describe("the table of bounds", () => {
  it.each(ROWS)("$what: $name is $value in the code", ({ name, value, file }) => {
    if (file === undefined) {
      expect(BOUNDS).toMatchObject({ [name]: value });
      return;
    }
    const [, said = ""] = new RegExp(`const ${name} = ([\\d_ *]+);`).exec(read(file)) ?? [];
    expect(valueOf(said)).toBe(value);
  });

  it("has every bound of the broker", () => {
    const listed = ROWS.filter(({ file }) => file === undefined).map(({ name }) => name);
    expect(listed.sort()).toEqual(Object.keys(BOUNDS).sort());
  });

  /** What grows and needs no bound of its own. */
  const OTHERWISE: Readonly<Record<string, string>> = {
    "src/broker/bounds/room.ts": "holds the parts that it bounds",
    "src/broker/bounds/shortages.ts": "one for each kind of shortage",
    "src/broker/bounds/sockets.ts": "sockets",
    "src/broker/notify.ts": "waits: parked; listeners: channels; looks: the names of both",
    "src/broker/subscription.ts": "what is pending at the account: the policy",
    "src/broker/read-body.ts": "bodyBytes",
    "src/broker/http.ts": "sockets",
    "src/broker/policy/limiter.ts": "one for each kind of bucket",
    "src/broker/options.ts": "the operator's own",
    "src/broker/doorway.ts": "the operator's own",
    "src/broker/authenticate.ts": "constant",
    "src/broker/store/errors.ts": "constant",
    "src/broker/store/postgres/engine.ts": "the accounts of what is written together",
    "src/broker/store/postgres/desk.ts": "the statements of the code; what is asked together",
    "src/broker/store/postgres/play.ts": "what is written together",
    "src/broker/store/postgres/for-many.ts": "the statements of the code",
    "src/broker/store/sqlite/engine.ts": "the statements of the code",
    "src/broker/store/postgres/snapshot.ts": "one reading of the operator's",
    "src/broker/store/scripts/broker-cancel.ts": "what is pending at the account: the policy",
    "src/broker/store/scripts/revoke.ts": "the devices of an account",
    "src/broker/store/scripts/settle.ts": "one sweep",
    "src/broker/transactions/policy.ts": "one message",
  };

  it("knows of each file of the broker in which something grows", () => {
    const files = readdirSync(join(ROOT, "src/broker"), { recursive: true, encoding: "utf8" })
      .map((file) => `src/broker/${file.replaceAll("\\", "/")}`)
      .filter((file) => file.endsWith(".ts") && /new (?:Weak)?(?:Map|Set)\b|\w\[\] = \[\]/.test(read(file)));
    const known = new Set([...ROWS.map(({ file }) => file), ...Object.keys(OTHERWISE)]);
    // The log is read and checked for the operator, a part at a time.
    const isForOperator = (file: string): boolean => file.startsWith("src/broker/audit/");
    expect(files.filter((file) => !known.has(file) && !isForOperator(file))).toEqual([]);
  });
});

describe("a queue that is full", () => {
  it("of writes takes no more, and goes on when it was worked off", async () => {
    const database = new Database(":memory:");
    database.exec("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT");
    const writes = new GroupCommit(database, { sync: () => Promise.resolve() });
    const insert = database.prepare("INSERT INTO t VALUES (?)");
    const all = Array.from({ length: MOST_QUEUED + 10 }, (_, a) => writes.run(() => insert.run(a)));
    const ends = await Promise.allSettled(all);
    const refused = ends.flatMap((end) => (end.status === "rejected" ? [(end.reason as { code: string }).code] : []));
    expect(refused).toEqual(Array.from({ length: 10 }, () => "busy"));
    await writes.run(() => insert.run(-1));
    database.close();
  });

  it("of the log leaves lines out, and says how many", () => {
    const handed: string[] = [];
    const log = createLog((lines) => handed.push(lines), Date.now);
    const detail = "x".repeat(1000);
    for (let count = 0; count < 2000; count++) log.write({ event: "defect", where: "here", detail });
    log.flush();
    const lines = handed.join("").trimEnd().split("\n");
    expect(handed.join("").length).toBeLessThan(MOST_GATHERED + 5000);
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
      event: "shortage",
      of: "log",
      detail: `${2000 - lines.length + 1} lines were left out.`,
    });
  });
});
