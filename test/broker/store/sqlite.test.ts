/** The embedded engine: the suite of every engine, and what only a file can show. */
import { pbkdf2 } from "node:crypto";
import { copyFile, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MIGRATIONS as SQLITE_STEPS } from "../../../src/broker/store/sqlite/schema.ts";
import { openStore } from "../../../src/broker/store/index.ts";
import { type Engine, row, rows, run } from "../../../src/broker/store/script.ts";
import { sumOf } from "../../../src/broker/store/scripts/sums.ts";
import { FileChain } from "../../../src/broker/store/sqlite/chain.ts";
import { sqliteEngine } from "../../../src/broker/store/sqlite/engine.ts";
import { GroupCommit } from "../../../src/broker/store/sqlite/group-commit.ts";
import { LogSync } from "../../../src/broker/store/sqlite/log-sync.ts";
import { openFile } from "../../../src/broker/store/sqlite/open-file.ts";
import { type AuditedStore, auditSuite } from "../audit-suite.ts";
import { storeRaces } from "../store-races.ts";
import { type StoreFactory, storeSuite } from "../store-suite.ts";

/** The step that brought the audit log. */
const LOG = SQLITE_STEPS.findIndex((step) => step.includes("CREATE TABLE audit "));

const newFolder = () => mkdtemp(join(tmpdir(), "confirm-store-"));

async function newStore(): Promise<StoreFactory> {
  const folder = await newFolder();
  const letIn = (account: string, kid: string): Promise<void> => {
    const database = new Database(join(folder, "broker.sqlite"));
    database.prepare("UPDATE devices SET state = 'active' WHERE account = ? AND kid = ?").run(account, kid);
    database.close();
    return Promise.resolve();
  };
  return { open: () => openStore(folder), letIn, discard: () => rm(folder, { recursive: true }) };
}

storeSuite("SQLite", newStore);
async function auditedFolder(): Promise<AuditedStore> {
  const place = await newFolder();
  const sql = (text: string) => {
    const database = new Database(join(place, "broker.sqlite"));
    const statement = database.prepare(text.replaceAll("%", ""));
    const rows = statement.reader ? (statement.all() as Record<string, unknown>[]) : [];
    if (!statement.reader) statement.run();
    database.close();
    return Promise.resolve(rows);
  };
  return { place, sql, overriding: "", discard: () => rm(place, { recursive: true }) };
}
auditSuite("SQLite", auditedFolder, async () => {
  const made = await auditedFolder();
  const database = new Database(join(made.place, "broker.sqlite"));
  database.exec("PRAGMA application_id = 0x6d636e66");
  database.exec("CREATE TABLE migrations (version INTEGER PRIMARY KEY, applied TEXT NOT NULL) STRICT");
  for (const [index, step] of SQLITE_STEPS.slice(0, LOG).entries()) {
    database.exec(`${step}; INSERT INTO migrations VALUES (${index + 1}, 'then')`);
  }
  database.close();
  return made;
});
describe("the store on SQLite", () => {
  storeRaces(newStore);
});

describe("the file of the embedded store", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(() => rm(folder, { recursive: true }));
  const file = () => join(folder, "data", "broker.sqlite");
  const data = () => join(folder, "data");

  it("is readable by its owner alone, and so is what lies beside it", async () => {
    const store = await openStore(data());
    await store.addAccount("alice@example.com", 0);
    for (const name of [file(), `${file()}-wal`, `${file()}-shm`]) expect((await stat(name)).mode & 0o777).toBe(0o600);
    expect((await stat(data())).mode & 0o777).toBe(0o700);
    await store.close();
  });

  it("does not grow by the calls that are over", async () => {
    const store = await openStore(data());
    for (const jti of ["one", "two", "three"]) await store.claimCall({ kid: "K", jti, until: 1000 });
    await store.forget(1001);
    await store.close();
    const database = new Database(file());
    expect(database.prepare("SELECT kid, until FROM calls").raw().all()).toEqual([["", 1000]]);
    database.close();
  });

  it("has the same sum of an answer whether that is stamped or not, for brokers of before stamps", async () => {
    const store = await openStore(data());
    const [account, kid, jws] = ["alice@example.com", "ONE", { payload: "p", signatures: [] }];
    const signingKey = { kty: "EC", crv: "P-256", x: "x", y: "y" };
    const device = { account, kid, name: "device", signingKey, profile: jws, changesKeys: false, now: 0 };
    await store.connectDevice(device, { by: "open_service" });
    const request = { brokerId: "BROKER", account, digest: "r", signerKid: "BANK", draft: "01", request: jws } as const;
    const more = { postedBy: undefined, enquirerId: "E", enquirerIdSigned: true, fromId: "bank@bank.example" };
    await store.addRequest({ ...request, ...more, received: 0, expire: 1000 }, undefined);
    const stamp = () => ({ kid: "SERVICE", signature: "signature" });
    await store.answer({ sequence: 1, deviceKid: kid, digest: "d", response: jws, now: 5, stamp });
    const { writer = "", sequence = 0, hash = "" } = (await store.request("BROKER"))?.answered?.place ?? {};
    await store.close();
    const database = new Database(file());
    const sum = sumOf(1, "d", 5, JSON.stringify(jws), writer, sequence, hash);
    expect(database.prepare("SELECT sum, stamp FROM answers").raw().all()).toEqual([[sum, "signature"]]);
    database.close();
  });

  it("is refused when it is not a database", async () => {
    await mkdir(data());
    await writeFile(file(), "not a database, but long enough to be taken for a header".repeat(20));
    await expect(openStore(data())).rejects.toMatchObject({ code: "not_a_store" });
  });

  it("is refused when it is the database of another program", async () => {
    await mkdir(data());
    const other = new Database(file());
    other.exec("CREATE TABLE theirs (a)");
    other.close();
    await expect(openStore(data())).rejects.toMatchObject({ code: "not_a_store" });
  });

  it("is refused when a newer version wrote it, and says so", async () => {
    await (await openStore(data())).close();
    const newer = new Database(file());
    newer.exec("INSERT INTO migrations VALUES (999, 'later')");
    newer.close();
    await expect(openStore(data())).rejects.toMatchObject({
      code: "newer_schema",
      message: expect.stringContaining("schema 999") as string,
    });
  });

  it("holds everything in one file once it is closed", async () => {
    const store = await openStore(data());
    await store.addAccount("alice@example.com", 0);
    await store.close();
    await copyFile(file(), join(folder, "copy.sqlite"));
    const copy = new Database(join(folder, "copy.sqlite"));
    expect(copy.prepare("SELECT account FROM accounts").raw().all()).toEqual([["alice@example.com"]]);
    copy.close();
  });

  it("is on disk before a write is acknowledged", async () => {
    const store = await openStore(data());
    await store.addAccount("alice@example.com", 0);
    const order: string[] = [];
    // All threads that a sync could have are taken, so none of them can have synced before one of these has ended.
    const taken = Array.from({ length: Number(process.env["UV_THREADPOOL_SIZE"] ?? 4) }, () =>
      promisify(pbkdf2)("password", "salt", 300_000, 64, "sha512").then(() => order.push("thread")),
    );
    await store.addAccount("bob@example.com", 0).then(() => order.push("acknowledged"));
    expect(order).toEqual(expect.arrayContaining(["thread", "acknowledged"]));
    expect(order[0]).toBe("thread");
    await Promise.all(taken);
    await store.close();
  });

  it("is refused where its log cannot be synced, and says what is needed", () => {
    expect(() => new LogSync(join(folder, "not-there.sqlite"))).toThrow(
      expect.objectContaining({
        code: "failed",
        message: expect.stringContaining("on a disk of this machine") as string,
      }),
    );
  });

  it("is not looked for at an address of a kind that has no engine", async () => {
    await expect(openStore("mysql://localhost/x")).rejects.toMatchObject({ code: "unsupported" });
  });
});

describe("a statement of the embedded engine", () => {
  let folder: string;
  let database: Database.Database;
  let engine: Engine;
  beforeEach(async () => {
    folder = await newFolder();
    database = openFile(folder);
    database.exec("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) STRICT");
    const chain = new FileChain(database);
    engine = sqliteEngine(database, new GroupCommit(database, { sync: () => Promise.resolve() }), chain);
  });
  afterEach(async () => {
    database.close();
    await rm(folder, { recursive: true });
  });
  const ways = { row, rows, run } as const;
  const each = Object.keys(ways) as (keyof typeof ways)[];
  const insert = (way: keyof typeof ways, a: number, b: string) =>
    engine.write(() => ways[way](`INSERT INTO t VALUES (?1, ?2)${way === "run" ? "" : " RETURNING a"}`, a, b));
  const stored = () => database.prepare("SELECT a, b FROM t ORDER BY a").raw().all();

  it.each(each)("that failed by %s writes the values of now when it is asked again", async (way) => {
    await insert(way, 1, "one");
    await expect(insert(way, 1, "again")).rejects.toMatchObject({ code: "failed" });
    await insert(way, 2, "two");
    expect(stored()).toEqual([
      [1, "one"],
      [2, "two"],
    ]);
  });

  it.each(each)("that found no room by %s writes nothing of it later", async (way) => {
    const pages = database.prepare("PRAGMA page_count").raw().get();
    database.exec(`PRAGMA max_page_count = ${String(pages)}`);
    await expect(insert(way, 1, "x".repeat(100_000))).rejects.toMatchObject({ code: "full" });
    database.exec("PRAGMA max_page_count = 1000");
    await insert(way, 2, "two");
    expect(stored()).toEqual([[2, "two"]]);
  });

  it("is asked with the values of now, in whichever way it was asked before", async () => {
    for (const a of [1, 2, 3]) await insert("run", a, String(a));
    const found = async (way: "row" | "rows", a: number) =>
      [await engine.read(() => ways[way]("SELECT b FROM t WHERE a = ?1", a))].flat();
    for (const first of ["row", "rows"] as const) {
      for (const second of ["row", "rows"] as const) {
        expect(await found(first, 1)).toEqual([{ b: "1" }]);
        expect(await found(second, 2)).toEqual([{ b: "2" }]);
        expect(await found(first, 3)).toEqual([{ b: "3" }]);
      }
    }
  });
});

describe("group commit", () => {
  let folder: string;
  let database: Database.Database;
  let writes: GroupCommit;
  beforeEach(async () => {
    folder = await newFolder();
    database = new Database(join(folder, "group.sqlite"));
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT");
    writes = new GroupCommit(database, { sync: () => Promise.resolve() });
  });
  afterEach(async () => {
    database.close();
    await rm(folder, { recursive: true });
  });
  const insert = (a: number) => writes.run(() => database.prepare("INSERT INTO t VALUES (?)").run(a));
  const stored = () => database.prepare("SELECT a FROM t ORDER BY a").raw().all().flat();

  it("puts the writes of one turn into one transaction", async () => {
    const other = new Database(join(folder, "group.sqlite"));
    const version = () => other.prepare("PRAGMA data_version").get() as { data_version: number };
    const before = version().data_version;
    await Promise.all([1, 2, 3, 4, 5].map(insert));
    expect(version().data_version).toBe(before + 1);
    other.close();
  });

  const turn = () => new Promise(setImmediate);
  const commits = (exec: { readonly mock: { readonly calls: readonly (readonly unknown[])[] } }) =>
    exec.mock.calls.filter(([sql]) => sql === "COMMIT").length;

  it("lets those of the next turn join", async () => {
    const exec = vi.spyOn(database, "exec");
    const first = insert(1);
    await turn();
    await Promise.all([first, insert(2)]);
    expect(commits(exec)).toBe(1);
  });

  it("does not wait for ever while more keep coming", async () => {
    const exec = vi.spyOn(database, "exec");
    const all: Promise<unknown>[] = [];
    for (let a = 0; a < 30; a += 1) {
      all.push(insert(a));
      await turn();
    }
    expect(commits(exec)).toBeGreaterThan(3);
    await Promise.all(all);
  });

  it("keeps the others when one throws, and nothing of that one", async () => {
    const failing = writes.run(() => {
      database.exec("INSERT INTO t VALUES (2)");
      throw new Error("after its first statement");
    });
    const all = await Promise.allSettled([insert(1), failing, insert(3)]);
    expect(all.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(stored()).toEqual([1, 3]);
  });

  it("rejects all, once, while another process holds the lock", async () => {
    database.exec("PRAGMA busy_timeout = 50");
    const other = new Database(join(folder, "group.sqlite"));
    other.exec("BEGIN IMMEDIATE");
    const start = Date.now();
    const all = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7, 8].map(insert));
    expect(Date.now() - start).toBeLessThan(300);
    expect(all.map((one) => one.status === "rejected" && (one.reason as { code: string }).code)).toEqual(
      Array.from({ length: 8 }, () => "busy"),
    );
    other.exec("ROLLBACK");
    other.close();
    await insert(9);
    expect(stored()).toEqual([9]);
  });

  it("commits what is queued when it is closed, and waits for the disk", async () => {
    const pending = insert(1);
    await writes.close();
    await pending;
    expect(stored()).toEqual([1]);
    await expect(insert(2)).rejects.toMatchObject({ code: "closed" });
  });

  describe("and the disk", () => {
    let disk: { readonly resolve: () => void; readonly reject: (error: Error) => void }[];
    let engine: Engine;
    beforeEach(() => {
      disk = [];
      const sync = () =>
        new Promise<void>((resolve, reject) => {
          disk.push({ resolve, reject });
        });
      database.close();
      database = openFile(folder);
      database.exec("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT");
      writes = new GroupCommit(database, { sync });
      engine = sqliteEngine(database, writes, new FileChain(database));
    });
    const turns = async () => {
      for (let count = 0; count < 10; count += 1) await turn();
    };
    const read = () => engine.read(() => row("SELECT max(a) AS a FROM t"));

    it("is waited for by who wrote, and by who reads what is not known to be on it", async () => {
      const told: string[] = [];
      expect(await read()).toEqual({ a: null });
      void insert(1).then(() => told.push("wrote"));
      await turns();
      void read().then(() => told.push("read"));
      await turns();
      expect(stored()).toEqual([1]);
      expect(told).toEqual([]);
      disk[0]?.resolve();
      await turns();
      expect(told).toEqual(["wrote", "read"]);
    });

    it("works on one sync at a time, and what comes meanwhile shares the next", async () => {
      const exec = vi.spyOn(database, "exec");
      const first = insert(1);
      await turns();
      const others = [];
      for (let a = 2; a < 20; a += 1) {
        others.push(insert(a));
        await turn();
      }
      expect(commits(exec)).toBe(1);
      disk[0]?.resolve();
      await first;
      await turns();
      expect(commits(exec)).toBe(2);
      expect(disk).toHaveLength(2);
      disk[1]?.resolve();
      await Promise.all(others);
      expect(stored()).toHaveLength(19);
    });

    it("that fails ends it: nothing of that was acknowledged, and no later write or read is", async () => {
      const first = insert(1);
      await turns();
      const second = insert(2);
      disk[0]?.reject(Object.assign(new Error("i/o error"), { code: "EIO" }));
      const unavailable = { code: "unavailable", message: expect.stringContaining("(EIO)") as string };
      await expect(first).rejects.toMatchObject(unavailable);
      await expect(second).rejects.toMatchObject(unavailable);
      await expect(insert(3)).rejects.toMatchObject(unavailable);
      await expect(read()).rejects.toMatchObject(unavailable);
      expect(disk).toHaveLength(1);
      expect(stored()).toEqual([1]);
      await writes.close();
    });
  });
});
