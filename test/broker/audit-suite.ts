/**
 * The audit log on every engine: what is recorded, and that each kind of tampering with the tables is found. An engine's own
 * test gives a factory and calls {@link auditSuite}.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type AuditOptions,
  type AuditReport,
  eraseBodies,
  makeCheckpoint,
  moveRecords,
  openAuditSnapshot,
  openStore,
  serviceKeyOf,
  type Store,
  verifyAudit,
} from "../../src/broker/index.ts";
import { type AuditRecord, recordHash } from "../../src/broker/store/index.ts";
import { requestDigest, signCheckpoint, signStamp, type SigningKey } from "../../src/crypto/index.ts";
import type { FlattenedJws, Jws } from "../../src/protocol/index.ts";
import { newKey } from "../support/signing.ts";

export interface AuditedStore {
  /** Where the store is, at first empty. */
  readonly place: string;
  /** Runs SQL on its tables, which are named with a `%` before. */
  readonly sql: (text: string) => Promise<readonly Record<string, unknown>[]>;
  /** What stands before SELECT where numbers that the engine gives are put in. */
  readonly overriding: string;
  readonly discard: () => Promise<void>;
}

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const ALICE = "alice@example.com";
const TABLES = ["audit", "chains", "checkpoints", "requests", "request_bodies", "answers", "devices", "accounts"];

const jws = (payload: string): Jws => ({ payload, signatures: [{ protected: "p", signature: "s" }] });

/** Posts a request, and answers it unless it is to stay. */
async function ask(store: Store, name: string, now: number, end: "yes" | "refuse" | "cancel" | "stay" = "yes") {
  const request = jws(name);
  const outcome = await store.addRequest(
    {
      ...{ brokerId: `BROKER-${name}`, account: ALICE, digest: await requestDigest(request), signerKid: "BANK" },
      ...{ postedBy: "BANK", enquirerId: name, enquirerIdSigned: true, fromId: "bank@bank.example", draft: "01" },
      ...{ request, received: now, expire: now + 60_000 },
    },
    undefined,
  );
  if (outcome.kind !== "added") throw new Error(outcome.kind);
  const { sequence } = outcome;
  const response = jws(`yes-${name}`);
  const at = now + 1;
  if (end === "cancel") await store.cancel(sequence, at);
  if (end === "refuse") await store.refuse({ sequence, deviceKid: "DEVICE", now: at });
  if (end === "yes") {
    await store.answer({ sequence, deviceKid: "DEVICE", digest: await requestDigest(response), response, now: at });
  }
}

async function connect(store: Store, kid: string, now: number): Promise<void> {
  await store.addCode({ account: ALICE, code: `CODE-${kid}`, now, expires: now + 600_000 });
  const code = (await store.codes(ALICE, now)).find(({ spentBy }) => spentBy === undefined);
  const signingKey = { kty: "EC", crv: "P-256", x: kid, y: kid };
  const device = { account: ALICE, kid, name: kid, signingKey, profile: jws(kid), changesKeys: false, now };
  await store.connectDevice(device, { by: "code", codeId: code?.id ?? -1 });
}

async function fill(store: Store): Promise<void> {
  await store.addAccount(ALICE, NOW);
  await connect(store, "DEVICE", NOW + 1);
  await connect(store, "SECOND", NOW + 2);
  await ask(store, "one", NOW + 10);
  await ask(store, "two", NOW + 20, "refuse");
  await ask(store, "three", NOW + 30, "cancel");
  await ask(store, "four", NOW + 40, "stay");
}

async function audited(place: string, options: AuditOptions = {}): Promise<AuditReport> {
  const snapshot = await openAuditSnapshot(place);
  try {
    return await verifyAudit(snapshot, options);
  } finally {
    await snapshot.close();
  }
}

const codes = ({ problems }: AuditReport): readonly string[] => [...new Set(problems.map(({ code }) => code))];

/** Rows as a version without a log left them: an answered request, a cancelled one, and one that waits. */
async function oldRows(): Promise<readonly string[]> {
  const quoted = (value: unknown): string => `'${typeof value === "string" ? value : JSON.stringify(value)}'`;
  const rows = ["one", "two", "three"].map(async (name, index) => {
    const seq = index + 1;
    const state = ["REPLY", "ECANCEL", "PENDING"][index] ?? "";
    const digest = await requestDigest(jws(name));
    const ended = state === "PENDING" ? "NULL" : NOW + 5;
    const by = state === "REPLY" ? "'DEVICE'" : "NULL";
    const columns =
      "broker_id, account, digest, signer_kid, verified, enquirer_id, enquirer_id_signed, from_id, draft, received, expire, state, settled, settled_by";
    const values = [quoted(`BROKER-${name}`), quoted(ALICE), quoted(digest), "'BANK'", 1, quoted(name), 1]
      .concat(["'bank@bank.example'", "'01'", NOW, NOW + DAY, quoted(state), ended, by])
      .join(", ");
    return [
      `INSERT INTO %requests (${columns}) VALUES (${values})`,
      `INSERT INTO %request_bodies (seq, request) VALUES (${seq}, ${quoted(jws(name))})`,
    ];
  });
  const answer = jws("yes-one");
  const device = ["'DEVICE'", "'d'", "'{}'", quoted(jws("DEVICE")), "'active'", NOW].join(", ");
  return [
    `INSERT INTO %accounts (account, created) VALUES (${quoted(ALICE)}, ${NOW})`,
    `INSERT INTO %devices (account, kid, name, signing_key, profile, state, created) VALUES (${quoted(ALICE)}, ${device})`,
    ...(await Promise.all(rows)).flat(),
    `INSERT INTO %answers (seq, digest, received, response) VALUES (1, ${quoted(await requestDigest(answer))}, ${NOW + 5}, ${quoted(answer)})`,
  ];
}

/** @param older - a store whose tables a version without a log made */
export function auditSuite(
  engine: string,
  factory: () => Promise<AuditedStore>,
  older: () => Promise<AuditedStore>,
): void {
  describe(`a store on ${engine} from before there was an audit log`, () => {
    it("begins one when it is brought up to date, which says nothing of what was there", async () => {
      const made = await older();
      for (const row of await oldRows()) await made.sql(row);
      await expect(openAuditSnapshot(made.place)).rejects.toMatchObject({ code: "unsupported" });
      const store = await openStore(made.place);
      expect(await audited(made.place)).toMatchObject({ problems: [], records: 0, requests: 3 });
      const before = await store.request("BROKER-one");
      expect(before?.answered).toEqual({
        digest: await requestDigest(jws("yes-one")),
        received: NOW + 5,
        place: undefined,
        stamp: undefined,
      });

      const response = jws("no");
      const digest = await requestDigest(response);
      const outcome = await store.answer({ sequence: 3, deviceKid: "DEVICE", digest, response, now: NOW + 50 });
      expect(outcome).toMatchObject({ kind: "settled" });
      await ask(store, "four", NOW + 60, "stay");
      await store.revokeDevice({ account: ALICE, kid: "DEVICE", revocation: undefined, now: NOW + 70 });
      expect((await store.request("BROKER-three"))?.answered?.place?.sequence).toBe(2);
      expect((await audited(made.place)).problems).toEqual([]);

      await made.sql("UPDATE %request_bodies SET request = '{}' WHERE seq = 2");
      await made.sql("UPDATE %requests SET state = 'EXPIRED' WHERE seq = 3");
      expect(codes(await audited(made.place))).toEqual(["contradicted", "body"]);
      await made.sql("UPDATE %meta SET value = '9' WHERE name = 'audit_from'");
      expect(codes(await audited(made.place))).toContain("contradicted");
      await store.close();
      await made.discard();
    });
  });

  describe(`the audit log on ${engine}`, () => {
    let made: AuditedStore;
    let store: Store;
    let key: SigningKey;
    let folder: string;
    let head: FlattenedJws;
    let stamp: FlattenedJws;

    async function checkpoint(now: number): Promise<FlattenedJws> {
      const kept = await makeCheckpoint(store, key, now);
      if (kept === undefined) throw new Error("no checkpoint");
      return kept.checkpoint;
    }
    async function stampOf(name: string): Promise<FlattenedJws> {
      const request = await store.request(`BROKER-${name}`);
      if (request?.answered === undefined) throw new Error("no answer");
      const { digest, answered } = request;
      const { received, place: audit } = answered;
      return signStamp(key, { requestDigest: digest, responseDigest: answered.digest, received, audit });
    }
    /** The chain that has the answers: on a server there may be several. */
    async function writer(): Promise<string> {
      const place = (await store.request("BROKER-one"))?.answered?.place;
      if (place === undefined) throw new Error("no place");
      return place.writer;
    }

    beforeAll(async () => {
      made = await factory();
      folder = await mkdtemp(join(tmpdir(), "confirm-audit-"));
      store = await openStore(made.place);
      key = await serviceKeyOf(store);
      await fill(store);
      head = await checkpoint(NOW + 100);
      await ask(store, "five", NOW + 200);
      await ask(store, "six", NOW + 210, "refuse");
      stamp = await stampOf("five");
      for (const table of TABLES) await made.sql(`CREATE TABLE %saved_${table} AS SELECT * FROM %${table}`);
    });
    afterAll(async () => {
      await store.close();
      await rm(folder, { recursive: true });
      await made.discard();
    });
    async function restore(): Promise<void> {
      for (const table of TABLES) {
        await made.sql(`DELETE FROM %${table}`);
        await made.sql(`INSERT INTO %${table} ${made.overriding} SELECT * FROM %saved_${table}`);
      }
    }

    it("has every transition, and holds against the tables, a checkpoint and a stamp", async () => {
      const report = await audited(made.place, { heads: [head], stamps: [stamp] });
      expect(report.problems).toEqual([]);
      expect(report).toMatchObject({ verified: true, requests: 6, checkpoints: 1, movedOut: 0, unchecked: 0 });
      const events = (await made.sql("SELECT event FROM %audit ORDER BY at, seq")).map(({ event }) => event);
      expect(events.filter((event) => event !== "began")).toEqual([
        ...["account_added", "code", "device_active", "code", "device_pending"],
        ...[
          "posted",
          "REPLY",
          "posted",
          "REFUSED",
          "posted",
          "ECANCEL",
          "posted",
          "posted",
          "REPLY",
          "posted",
          "REFUSED",
        ],
      ]);
    });

    it("holds no account's name, no text, no answer and no BrokerID", async () => {
      const records = JSON.stringify(await made.sql("SELECT * FROM %audit"));
      for (const secret of ["alice", "example", "BROKER-", "yes-one"]) expect(records).not.toContain(secret);
    });

    it("is counted as it is read", async () => {
      const seen: number[] = [];
      const { records } = await audited(made.place, { onProgress: (done) => seen.push(done.records) });
      expect(seen.at(-1)).toBe(records);
    });

    describe("finds", () => {
      afterEach(restore);
      const posted = (name: string) =>
        `event = 'posted' AND request = (SELECT seq FROM %requests WHERE enquirer_id = '${name}')`;

      it.each<[string, string, string]>([
        ["a record altered", `UPDATE %audit SET at = at - 1 WHERE ${posted("two")}`, "altered"],
        ["another event", "UPDATE %audit SET event = 'REPLY' WHERE event = 'ECANCEL'", "altered"],
        ["a hash altered", `UPDATE %audit SET hash = 'x' WHERE ${posted("two")}`, "altered"],
        ["a record taken out of the middle", `DELETE FROM %audit WHERE ${posted("two")}`, "missing"],
        ["the first record taken away", "DELETE FROM %audit WHERE seq = 1", "missing"],
        ["the end cut off", "DELETE FROM %audit WHERE event = 'REFUSED'", "missing"],
        [
          "everything taken away but the requests",
          "DELETE FROM %audit; DELETE FROM %chains; DELETE FROM %checkpoints",
          "unrecorded",
        ],
        ["a chain taken away", "DELETE FROM %chains", "chain_missing"],
        [
          "a request's digest altered",
          "UPDATE %requests SET digest = 'other' WHERE enquirer_id = 'one'",
          "contradicted",
        ],
        [
          "a request's signer altered",
          "UPDATE %requests SET signer_kid = 'EVE' WHERE enquirer_id = 'one'",
          "contradicted",
        ],
        [
          "a request dated back",
          "UPDATE %requests SET received = received - 1 WHERE enquirer_id = 'four'",
          "contradicted",
        ],
        [
          "a request's state altered",
          "UPDATE %requests SET state = 'EXPIRED' WHERE enquirer_id = 'two'",
          "contradicted",
        ],
        [
          "a no by another device",
          "UPDATE %requests SET settled_by = 'SECOND' WHERE enquirer_id = 'two'",
          "contradicted",
        ],
        [
          "an end that was not recorded",
          "UPDATE %requests SET state = 'ECANCEL', settled = received WHERE enquirer_id = 'four'",
          "unrecorded",
        ],
        ["an answer's digest altered", "UPDATE %answers SET digest = 'other'", "contradicted"],
        ["an answer taken away", "DELETE FROM %answers", "contradicted"],
        ["an answer altered", `UPDATE %answers SET response = '${JSON.stringify(jws("no"))}'`, "body"],
        ["an answer that is none", "UPDATE %answers SET response = '{}'", "body"],
        ["a text altered", `UPDATE %request_bodies SET request = '${JSON.stringify(jws("x"))}'`, "body"],
        ["the text of a pending request gone", "DELETE FROM %request_bodies", "body"],
        ["a request taken away", "DELETE FROM %requests WHERE enquirer_id = 'six'", "row_missing"],
        ["a device let in by hand", "UPDATE %devices SET state = 'active'", "contradicted"],
        [
          "a device put in by hand",
          "UPDATE %devices SET kid = 'EVE', created = created + 5 WHERE kid = 'SECOND'",
          "unrecorded",
        ],
        [
          "a checkpoint altered",
          'UPDATE %checkpoints SET checkpoint = replace(checkpoint, \'"payload":"\', \'"payload":"e\')',
          "checkpoint",
        ],
      ])("%s", async (_, tampering, code) => {
        for (const one of tampering.split("; ")) await made.sql(one);
        const report = await audited(made.place);
        expect(report.verified).toBe(false);
        expect(codes(report)).toContain(code);
      });

      it("two records exchanged", async () => {
        const [one, two] = await made.sql("SELECT seq, at FROM %audit WHERE event = 'posted' ORDER BY seq LIMIT 2");
        for (const [row, at] of [
          [one, two?.["at"]],
          [two, one?.["at"]],
        ] as const) {
          await made.sql(
            `UPDATE %audit SET at = ${String(at)} WHERE event = 'posted' AND seq = ${String(row?.["seq"])}`,
          );
        }
        expect(codes(await audited(made.place))).toContain("altered");
      });

      it("a cut to before a checkpoint that is stored, and says which record is gone", async () => {
        await made.sql("DELETE FROM %audit WHERE seq >= (SELECT seq FROM %audit WHERE event = 'ECANCEL')");
        const report = await audited(made.place);
        expect(report.problems).toContainEqual(
          expect.objectContaining({
            code: "truncated",
            detail: expect.stringMatching(/record \d+, which is not there/) as string,
          }),
        );
      });

      /** What someone can do who owns the database, and so the service's key: everything fits together again. */
      async function rewrite(change: (records: readonly AuditRecord[]) => readonly AuditRecord[]): Promise<void> {
        await made.sql("DELETE FROM %checkpoints");
        const chains = await store.auditChains();
        const heads = [];
        for (const { chain, writer: name } of chains) {
          const records = change(await store.auditRecords(chain, 0, 1000));
          await made.sql(`DELETE FROM %audit WHERE chain = ${chain}`);
          let hash = "";
          for (const [index, one] of records.entries()) {
            const record = { ...one, sequence: index + 1 };
            hash = recordHash(name, hash, record);
            const { at, event, request, subject, kid, value, by } = record;
            await made.sql(
              `INSERT INTO %audit VALUES (${chain}, ${index + 1}, ${at}, '${event}', ${request}, '${subject}', '${kid}', '${value}', '${by}', '${hash}')`,
            );
            if (event === "REPLY") {
              await made.sql(
                `UPDATE %answers SET audit_seq = ${index + 1}, audit_hash = '${hash}' WHERE seq = ${request}`,
              );
            }
          }
          heads.push({ writer: name, sequence: records.length, hash });
        }
        await store.addCheckpoint(NOW + 300, await signCheckpoint(key, NOW + 300, heads));
      }

      it("a log rewritten from one record on, by a checkpoint or a stamp that was kept elsewhere, and by nothing else", async () => {
        await made.sql("UPDATE %requests SET received = received - 5 WHERE enquirer_id = 'one'");
        await rewrite((records) =>
          records.map((one) => (one.event === "posted" && one.at === NOW + 10 ? { ...one, at: NOW + 5 } : one)),
        );
        expect((await audited(made.place)).verified).toBe(true);
        expect(codes(await audited(made.place, { heads: [head] }))).toEqual(["rewritten"]);
        expect(codes(await audited(made.place, { stamps: [stamp] }))).toEqual(["rewritten"]);
      });

      it("a log cut back with all that it was about, by a checkpoint or a stamp that was kept elsewhere", async () => {
        const late = await checkpoint(NOW + 250);
        for (const table of ["answers", "request_bodies"]) {
          await made.sql(
            `DELETE FROM %${table} WHERE seq IN (SELECT seq FROM %requests WHERE enquirer_id IN ('five', 'six'))`,
          );
        }
        await made.sql("DELETE FROM %requests WHERE enquirer_id IN ('five', 'six')");
        await rewrite((records) => records.filter(({ at }) => at < NOW + 200));
        expect((await audited(made.place, { heads: [head] })).problems).toEqual([]);
        expect(codes(await audited(made.place, { heads: [late] }))).toEqual(["truncated"]);
        expect(codes(await audited(made.place, { stamps: [stamp] }))).toEqual(["truncated"]);
      });

      it("a checkpoint and a stamp that are forged, another service's, or changed", async () => {
        const eve = await newKey();
        const place = { writer: await writer(), sequence: 1, hash: "a".repeat(42) + "A" };
        const forged = await signCheckpoint(eve, NOW, [place]);
        const wrong = { requestDigest: place.hash, responseDigest: place.hash, received: NOW, audit: place };
        expect(codes(await audited(made.place, { heads: [forged] }))).toEqual(["checkpoint"]);
        expect(codes(await audited(made.place, { heads: [{ ...head, payload: `${head.payload}A` }] }))).toEqual([
          "checkpoint",
        ]);
        expect(codes(await audited(made.place, { stamps: [await signStamp(eve, wrong)] }))).toEqual(["stamp"]);
        expect(codes(await audited(made.place, { stamps: [await signStamp(key, wrong)] }))).toEqual(["rewritten"]);
        // The service's own word, but of another record.
        const { place: audit } = (await store.request("BROKER-five"))?.answered ?? {};
        expect(codes(await audited(made.place, { stamps: [await signStamp(key, { ...wrong, audit })] }))).toEqual([
          "stamp",
        ]);
        expect(
          codes(await audited(made.place, { stamps: [await signStamp(key, { ...wrong, audit: undefined })] })),
        ).toEqual(["stamp"]);
        const stranger = { ...place, writer: "AAAAAAAAAAAAAAAAAAAAAA" };
        expect(codes(await audited(made.place, { heads: [await signCheckpoint(key, NOW, [stranger])] }))).toEqual([
          "chain_missing",
        ]);
      });

      it("a service's key that was replaced in the store, where the true one is known", async () => {
        expect((await audited(made.place, { heads: [head], stamps: [stamp], pins: [key.kid] })).verified).toBe(true);
        expect(codes(await audited(made.place, { heads: [head], pins: ["MAAAA"] }))).toEqual(["checkpoint"]);
      });
    });

    /** A session on a server knows where its chain ends, and has to forget what was taken back. */
    async function restoreWritten(): Promise<void> {
      await store.close();
      await restore();
      store = await openStore(made.place);
    }

    describe("moved out", () => {
      afterEach(restoreWritten);
      const move = (name: string, before: number) => {
        const path = join(folder, name);
        return moveRecords(store, key, { path, before, now: NOW + 300 }).then((moved) => ({ path, ...moved }));
      };

      it("up to a checkpoint, verifies alone and together with the file", async () => {
        const all = (await audited(made.place)).records;
        const { path, records, until } = await move("first.jsonl", NOW + 150);
        expect([records > 0, until]).toEqual([true, NOW + 100]);
        const alone = await audited(made.place, { stamps: [stamp], heads: [head] });
        expect(alone).toMatchObject({ problems: [], movedOut: records, unchecked: 4, records: all - records });
        const together = await audited(made.place, {
          files: [path],
          stamps: [stamp, await stampOf("one")],
          heads: [head],
        });
        expect(together).toMatchObject({ problems: [], movedOut: 0, unchecked: 0, records: all });
        const early = await audited(made.place, { stamps: [await stampOf("one")] });
        expect(early.problems).toMatchObject([
          { code: "moved", detail: expect.stringContaining("give its file too") as string },
        ]);
      });

      it("again, with both files, and the store goes on", async () => {
        const first = await move("again-1.jsonl", NOW + 150);
        const second = await move("again-2.jsonl", NOW + 300);
        await ask(store, "seven", NOW + 400);
        const files = [first.path, second.path];
        expect(await audited(made.place, { files })).toMatchObject({ problems: [], unchecked: 0, movedOut: 0 });
        expect(await audited(made.place)).toMatchObject({ problems: [], unchecked: 6 });
        expect(codes(await audited(made.place, { files: [second.path] }))).toEqual([]);
        expect(codes(await audited(made.place, { files: [second.path, first.path] }))).toContain("moved");
        expect(codes(await audited(made.place, { files: [first.path] }))).toContain("moved");
        await made.sql("DELETE FROM %requests WHERE enquirer_id = 'seven'");
      });

      it("is found when the file was altered, cut, or the records were only taken away", async () => {
        const { path } = await move("altered.jsonl", NOW + 150);
        const lines = (await readFile(path, "utf8")).split("\n");
        const changed = join(folder, "changed.jsonl");
        await writeFile(changed, lines.join("\n").replace('"event":"ECANCEL"', '"event":"EXPIRED"'));
        expect(codes(await audited(made.place, { files: [changed] }))).toContain("altered");
        await writeFile(changed, [...lines.slice(0, 4), ...lines.slice(5)].join("\n"));
        expect(codes(await audited(made.place, { files: [changed] }))).toContain("missing");
        await writeFile(changed, "{}\n");
        await expect(audited(made.place, { files: [changed] })).rejects.toMatchObject({ code: "file" });
        await made.sql("DELETE FROM %checkpoints");
        expect(codes(await audited(made.place))).toEqual(["beginning"]);
      });

      it("is not what does not verify, or is not old enough, and then nothing goes", async () => {
        await expect(move("young.jsonl", NOW)).rejects.toMatchObject({ code: "nothing" });
        const count = async () => (await made.sql("SELECT count(*) AS n FROM %audit"))[0]?.["n"];
        const before = await count();
        await made.sql("UPDATE %audit SET at = at - 1 WHERE event = 'ECANCEL'");
        await expect(move("broken.jsonl", NOW + 150)).rejects.toMatchObject({ code: "broken" });
        expect(await count()).toEqual(before);
      });
    });

    describe("with bodies erased", () => {
      afterEach(restoreWritten);
      it("holds, and what is not over keeps its text", async () => {
        expect(await eraseBodies(store, NOW, NOW + DAY)).toEqual({ requests: 0, answers: 0 });
        expect(await eraseBodies(store, NOW + 100, NOW + DAY)).toEqual({ requests: 3, answers: 1 });
        expect(await eraseBodies(store, NOW + DAY, NOW + DAY)).toEqual({ requests: 2, answers: 1 });
        expect(await made.sql("SELECT response FROM %answers WHERE response <> ''")).toEqual([]);
        expect(await store.pending({ account: ALICE, now: NOW + 41, limit: 9 })).toHaveLength(1);
        const report = await audited(made.place, { heads: [head], stamps: [stamp, await stampOf("one")] });
        expect(report.problems).toEqual([]);
        expect(await store.request("BROKER-one")).toMatchObject({ state: "REPLY", response: undefined });
      });
    });
  });
}
