/** However many requests are stored: no statement of the store reads a table from its beginning to its end, on either engine. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Database from "libsql";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { NewDevice, NewStoredRequest } from "../../../src/broker/store/index.ts";
import { openStore } from "../../../src/broker/store/index.ts";
import { postgresCalls } from "../../../src/broker/store/postgres/calls.ts";
import { formOf, forMany } from "../../../src/broker/store/postgres/for-many.ts";
import { PLANS } from "../../../src/broker/store/postgres/session.ts";
import type { Engine, Script, Step } from "../../../src/broker/store/script.ts";
import { auditScripts } from "../../../src/broker/store/scripts/audit.ts";
import { auditReadingScripts } from "../../../src/broker/store/scripts/audit-reading.ts";
import { scriptsOn } from "../../../src/broker/store/scripts/index.ts";

import { sqliteCalls } from "../../../src/broker/store/sqlite/calls.ts";
import { FileChain } from "../../../src/broker/store/sqlite/chain.ts";
import { sqliteEngine } from "../../../src/broker/store/sqlite/engine.ts";
import { GroupCommit } from "../../../src/broker/store/sqlite/group-commit.ts";
import { openFile } from "../../../src/broker/store/sqlite/open-file.ts";
import { exportPair, newSigningPair } from "../../../src/crypto/index.ts";
import { NO_POSTGRES, Postgres } from "../../support/postgres.ts";

/** Tables that the operator fills by hand, and that are listed whole. */
const LISTED = ["accounts", "enquirers", "service_keys"];

const NOW = 1_800_000_000_000;
const ALICE = "alice@example.com";
const BOB = "bob@example.com";
const jws = (payload: string) => ({ payload, signatures: [{ protected: "p", signature: "s" }] });
const device = (account: string, kid: string, more: Partial<NewDevice> = {}): NewDevice => ({
  account,
  kid,
  name: kid,
  signingKey: { kty: "EC", crv: "P-256", x: kid, y: kid },
  profile: jws(kid),
  changesKeys: false,
  now: NOW,
  ...more,
});
const request = (id: string, expire = NOW + 1000): NewStoredRequest => ({
  brokerId: id,
  account: ALICE,
  digest: id,
  signerKid: "SENDER",
  postedBy: undefined,
  enquirerId: id,
  enquirerIdSigned: true,
  fromId: "bank@bank.example",
  draft: "01",
  request: jws(id),
  received: NOW,
  expire,
});
const CAPS = { perAccount: 9, perAccountUnverified: 9, perSender: 9, senderIsVerified: false };
const RULE = { rejections: 3, withinMs: 1000, firstMs: 1000, longestMs: 5000 };

type Statement = Extract<Step, { readonly kind: "row" | "rows" | "run" | "put" | "claim" }>;

const never = (): Promise<never> => Promise.reject(new Error("It runs nothing."));
const NO_ENGINE: Engine = { read: never, write: never, share: never };

/** Passes scripts on to an engine, and keeps their statements. */
function recording({ read, write, share }: Engine, statements: Map<string, Statement>): Engine {
  function* kept<T>(script: () => Script<T>): Script<T> {
    const steps = script();
    let next = steps.next({ rows: [], changes: 0 });
    while (next.done !== true) {
      const step = next.value;
      if ("sql" in step) statements.set(step.sql, step);
      next = steps.next(yield step);
    }
    return next.value;
  }
  return {
    read: (script) => read(() => kept(script)),
    write: (script) => write(() => kept(script)),
    share: (script) => share(() => kept(script)),
  };
}

/** Calls everything that a store can, in ways that reach its statements. */
async function callAll(store: ReturnType<typeof scriptsOn>): Promise<void> {
  const sequenceOf = async (id: string): Promise<number> => {
    const outcome = await store.addRequest(request(id), CAPS);
    return outcome.kind === "added" ? outcome.sequence : NaN;
  };
  await store.addAccount(ALICE, NOW);
  await store.accounts();
  await store.hasAccount(ALICE);
  await store.addCode({ account: ALICE, code: "C", now: NOW, expires: NOW + 1000 });
  const [code] = await store.codes(ALICE, NOW);
  const admission = { by: "code", codeId: code?.id ?? 0 } as const;
  await store.connectDevice(device(ALICE, "ONE"), admission);
  await store.connectDevice(device(ALICE, "ONE"), admission);
  await store.connectDevice(device(BOB, "TWO"), { by: "open_service" });
  await store.updateDevice(device(ALICE, "ONE", { changesKeys: true, profile: jws("new") }));
  await store.device(ALICE, "ONE");
  await store.devices(ALICE);
  await store.noteAsked(ALICE, "ONE", "R");
  await store.noteSeen(ALICE, "ONE", NOW);
  await store.heldKey("ONE");
  await store.rememberSender("SENDER", { kty: "EC", crv: "P-256", x: "x", y: "y" });
  await store.sender(ALICE, ALICE, "ONE");
  await store.addEnquirer({ kid: "E", jwk: { kty: "EC", crv: "P-256", x: "x", y: "y" }, name: "E", now: NOW });
  await store.enquirers();
  await store.removeEnquirer("E", NOW);
  await store.accountPolicy(ALICE);
  await store.changePolicy(ALICE, { block: ["x"], lift: ["y"] }, "ONE", NOW);
  await store.coolDowns(ALICE, NOW, 10);
  const key = await exportPair(await newSigningPair({ extractable: true }));
  await store.serviceKey(key);
  await store.addServiceKey({ jwk: key, handover: jws("h"), since: NOW }, 0, NOW);
  await store.laterServiceKeys();
  await store.firstServiceKey();

  const one = await sequenceOf("R1");
  await sequenceOf("R1");
  await store.knownRequest(ALICE, "R1", "SENDER");
  await store.request("R1");
  await store.knownOf("R1");
  await store.requestByDigest(ALICE, "R1");
  await store.requestsOf(ALICE);
  await store.pending({ account: ALICE, now: NOW, limit: 10 });
  await store.pending({ account: ALICE, now: NOW, limit: 10, brokerId: "R1", after: 0, before: 9 });
  const said = { deviceKid: "ONE", digest: "A", response: jws("a"), now: NOW } as const;
  const endorses = { account: ALICE, kid: "ONE", profile: jws("new"), accepted: true };
  await store.answer({ ...said, sequence: one, endorses, rejects: { account: ALICE, kid: "SENDER", rule: RULE } });
  await store.answer({ ...said, sequence: one });
  await store.answer({ ...said, sequence: await sequenceOf("R2"), endorses: { ...endorses, accepted: false } });
  await store.refuse({ sequence: await sequenceOf("R3"), deviceKid: "ONE", now: NOW });
  await store.cancel(await sequenceOf("R4"), NOW);
  await store.expire(await sequenceOf("R5"), NOW + 1000);
  await sequenceOf("R6");
  await store.expireDue(NOW + 1000, 200);
  await store.revokeDevice({ account: BOB, kid: "TWO", revocation: undefined, now: NOW });
  await store.recoverAccount({
    account: ALICE,
    revocations: [{ kid: "ONE", jws: jws("r") }],
    code: "D",
    now: NOW,
    expires: NOW + 1000,
  });
  await store.removeAccount(ALICE, NOW);
}

/** The statements of the scripts, and of what each engine forgets by itself. */
const shared = new Map<string, Statement>();
const postgres = new Map<string, Statement>();
let ofSqlite: readonly string[] = [];
let database: Database.Database;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "confirm-plans-"));
  database = openFile(folder);
  const chain = new FileChain(database);
  const writes = new GroupCommit(database, { begun: () => chain.begin(), sync: () => Promise.resolve() });
  const store = scriptsOn(recording(sqliteEngine(database, writes, chain), shared));
  const called = new Set<PropertyKey>();
  await callAll(
    new Proxy(store, {
      get: (target, name, receiver): unknown => {
        called.add(name);
        return Reflect.get(target, name, receiver);
      },
    }),
  );
  // Checkpoints are made now and then, and only the operator reads the log, a chain at a time.
  const seldom = Object.keys({ ...auditScripts(NO_ENGINE), ...auditReadingScripts(NO_ENGINE) });
  expect(Object.keys(store).filter((name) => !called.has(name) && !seldom.includes(name))).toEqual([]);

  const prepare = vi.spyOn(database, "prepare");
  sqliteCalls(database, writes);
  ofSqlite = prepare.mock.calls.map(([sql]) => sql);
  prepare.mockRestore();
  const play = <T>(script: () => Script<T>): Promise<T> => {
    const steps = script();
    let next = steps.next({ rows: [], changes: 0 });
    while (next.done !== true) {
      if ("sql" in next.value) postgres.set(next.value.sql, next.value);
      next = steps.next({ rows: [{ due: 1 }], changes: 1 });
    }
    return Promise.resolve(next.value);
  };
  const calls = postgresCalls({ read: play, write: play, share: play });
  await calls.claimCall({ kid: "K", jti: "J", until: NOW });
  await calls.forget(NOW);
});
afterAll(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

it("SQLite finds every row by an index", () => {
  const scans = [...shared.keys(), ...ofSqlite].flatMap((sql) => {
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as readonly { readonly detail: string }[];
    const details = plan.map(({ detail }) => detail).filter((detail) => /^SCAN (?!CONSTANT|one_row)/.test(detail));
    return details
      .filter((detail) => !LISTED.some((table) => detail.startsWith(`SCAN ${table}`)))
      .map((detail) => `${detail}: ${sql}`);
  });
  expect(scans).toEqual([]);
  expect(shared.size).toBeGreaterThan(50);
});

const FILLED = ["requests", "request_bodies", "answers", "calls", "codes", "devices", "strikes"];
const FILL = `
  INSERT INTO requests (broker_id, account, digest, signer_kid, verified, enquirer_id, enquirer_id_signed, from_id, draft,
    received, expire, state)
  SELECT 'B' || n, 'user' || n % 2000, 'D' || n, 'S' || n % 500, 1, 'E' || n, 1, 'F', '01', ${NOW}, ${NOW} + 100 * n,
    CASE WHEN n % 20 = 0 THEN 'PENDING' ELSE 'REPLY' END FROM generate_series(1, 20000) AS n;
  INSERT INTO request_bodies (seq, request) SELECT seq, '{}' FROM requests;
  INSERT INTO answers (seq, digest, received, response) SELECT seq, 'A', ${NOW}, '{}' FROM requests;
  INSERT INTO calls (kid, jti, until) SELECT 'K' || n % 500, 'J' || n, ${NOW} + n FROM generate_series(1, 20000) AS n;
  INSERT INTO codes (account, code, created, expires)
  SELECT 'user' || n, 'C', ${NOW}, ${NOW} + n FROM generate_series(1, 20000) AS n;
  INSERT INTO devices (account, kid, name, signing_key, profile, state, created)
  SELECT 'user' || n, 'K' || n, 'N', '{}', '{}', 'active', ${NOW} FROM generate_series(1, 20000) AS n;
  INSERT INTO strikes (account, kid, rejected, rounds, until)
  SELECT 'user' || n % 2000, 'K' || n, '[]', 1, ${NOW} FROM generate_series(1, 20000) AS n;
  ANALYZE`;

interface Node {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Cond"?: string;
  readonly Plans?: readonly Node[];
}

function nodesOf(node: Node): readonly Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

describe.skipIf(NO_POSTGRES !== "")(`PostgreSQL${NO_POSTGRES}`, () => {
  it("finds every row by an index", async () => {
    const server = await Postgres.start();
    const url = await server.database();
    const store = await openStore(url);
    await store.close();
    for (const setting of ["search_path = mesh_confirm", ...PLANS]) {
      await server.sql(server.url("postgres"), `ALTER ROLE confirm SET ${setting}`);
    }
    // A small table is read whole, whatever index it has.
    await server.sql(url, FILL);
    const scans: string[] = [];
    const single = [...shared.values(), ...postgres.values()];
    const many = single.flatMap(({ kind, sql, values }) => {
      const form = formOf(kind, sql);
      const all = Array.from({ length: 50 }, () => values);
      return form === undefined
        ? []
        : [{ kind: "many", sql: forMany(sql, form, all).text, values: forMany(sql, form, all).values }];
    });
    expect(many.length).toBeGreaterThan(20);
    for (const { kind, sql, values } of [...single, ...many]) {
      const text = sql.replaceAll(/\?(\d+)/g, "$$$1") + (kind === "claim" ? " FOR UPDATE SKIP LOCKED" : "");
      const [row] = await server.sql(url, `EXPLAIN (FORMAT JSON) ${text}`, [...values]);
      const [{ Plan }] = row?.["QUERY PLAN"] as readonly [{ readonly Plan: Node }];
      for (const node of nodesOf(Plan)) {
        const table = node["Relation Name"] ?? "";
        const isFed = node["Node Type"] === "Bitmap Heap Scan" || node["Index Cond"] !== undefined;
        if (node["Node Type"].endsWith("Scan") && FILLED.includes(table) && !isFed)
          scans.push(`${node["Node Type"]} on ${table}: ${sql}`);
      }
    }
    await server.stop();
    expect(scans).toEqual([]);
  });
});
