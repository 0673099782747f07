/**
 * A broker that is worth attacking: accounts with devices, codes that are not spent, requests in every state, and callers
 * of every kind, whose keys the fuzzer has, so that it can sign what nobody should.
 */
import { tmpdir } from "node:os";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import Database from "libsql";
import { DEFAULT_POLICY } from "../../src/broker/index.ts";
import { deviceProofParts, importPair, proveCode, type SigningKey, signingKeyOf } from "../../src/crypto/index.ts";
import type { JsonValue, Jws } from "../../src/protocol/index.ts";
import { dumpOf, startTestBroker, type TestBroker } from "../support/broker.ts";
import { MINUTE, SOME_TIME } from "../support/fake-clock.ts";
import { type ForeignKey, foreignKey } from "../support/foreign-signer.ts";
import { ALICE, foreignRequest, foreignResponse, profileOf } from "../support/signing.ts";
import { type Tree, treeOf, valueOf } from "./tree.ts";

export const BOB = "bob@example.com";
export const CAROL = "carol@example.com";

export interface Asked {
  readonly id: string;
  readonly jws: Jws;
  readonly account: string;
}

export interface World {
  readonly broker: TestBroker;
  readonly alice: ForeignKey;
  readonly bob: ForeignKey;
  /** Connected to Alice's account and not yet active. */
  readonly pendingDevice: ForeignKey;
  readonly registered: ForeignKey;
  readonly stranger: ForeignKey;
  /** Every key that calls or signs. */
  readonly keys: readonly ForeignKey[];
  /** Requests, whatever their state. */
  readonly asked: readonly Asked[];
  readonly codes: readonly { readonly account: string; readonly code: string }[];
  readonly profiles: ReadonlyMap<ForeignKey, Jws>;
  /** Proofs that would hold for a key. */
  readonly proofs: ReadonlyMap<ForeignKey, string>;
  /** Parts to put where they do not belong. */
  readonly parts: readonly Tree[];
  /** Everything in the store but the calls that were made. */
  readonly dump: () => string;
  /** How many rows were put in, changed or taken out since the start, those of `calls` not counted. */
  readonly changes: () => number;
  readonly close: () => Promise<void>;
}

async function signingKey({ privateKey }: ForeignKey): Promise<SigningKey> {
  const jwk = privateKey.export({ format: "jwk" }) as { kty: string; crv: string; x: string; y: string; d: string };
  return signingKeyOf(await importPair(jwk, "sign"));
}

/** Counts changes of every table but `calls`, and of all columns but `last_seen`, in the database itself: none is missed. */
function watch(database: Database.Database): () => number {
  database.exec("CREATE TABLE watched (n INTEGER NOT NULL); INSERT INTO watched VALUES (0)");
  const tables = database
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('calls', 'watched', 'sqlite_sequence')",
    )
    .raw()
    .all()
    .flat();
  for (const table of tables) {
    const columns = database
      .prepare(`SELECT name FROM pragma_table_info('${String(table)}') WHERE name <> 'last_seen'`)
      .raw()
      .all()
      .flat();
    for (const event of ["INSERT", `UPDATE OF ${columns.join(", ")}`, "DELETE"]) {
      const name = `watch_${String(table)}_${event.slice(0, 6)}`;
      database.exec(
        `CREATE TRIGGER ${name} AFTER ${event} ON "${String(table)}" BEGIN UPDATE watched SET n = n + 1; END`,
      );
    }
  }
  const count = database.prepare("SELECT n FROM watched").raw();
  return () => Number((count.get() as readonly number[])[0]);
}

/** Makes a world; its broker has no limits, and a clock that stands still. */
export async function makeWorld(): Promise<World> {
  // What is written here is thrown away: where memory can be had as a folder, no disk needs to be waited for.
  const folder = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "confirm-fuzz-"));
  const policy = { ...DEFAULT_POLICY, limits: undefined };
  const broker = await startTestBroker({ folder, policy, clock: () => SOME_TIME, domains: ["example.com"] });
  const [alice, bob, pendingDevice, registered, stranger] = Array.from({ length: 5 }, () => foreignKey()) as [
    ...[ForeignKey, ForeignKey, ForeignKey, ForeignKey, ForeignKey],
  ];
  const profiles = new Map<ForeignKey, Jws>();
  for (const [key, account] of [
    [alice, ALICE],
    [bob, BOB],
    [pendingDevice, ALICE],
  ] as const) {
    profiles.set(key, (await broker.connect(account, await signingKey(key))).profile);
  }
  await broker.store.addEnquirer({ kid: registered.kid, jwk: registered.jwk, name: "a bank", now: SOME_TIME });

  const codes = [
    { account: ALICE, code: "AAAABBBBCCCCDDDD" },
    { account: CAROL, code: "EEEEFFFFGGGGHHHH" },
  ];
  await broker.store.addAccount(CAROL, SOME_TIME);
  for (const one of codes) await broker.store.addCode({ ...one, now: SOME_TIME, expires: SOME_TIME + 10 * MINUTE });
  for (const key of [registered, stranger]) profiles.set(key, await profileOf(await signingKey(key), CAROL));
  const proofs = new Map<ForeignKey, string>();
  for (const key of profiles.keys()) {
    const { account, code } = codes[key === registered || key === stranger ? 1 : 0] ?? { account: "", code: "" };
    proofs.set(key, await proveCode(code, deviceProofParts(account, key.kid)));
  }

  const asked: Asked[] = [];
  const ask = async (account: string, key: ForeignKey, sealed: boolean, more: object = {}): Promise<Asked> => {
    const at = new Date(SOME_TIME).toISOString().replace(".000", "");
    const expire = new Date(SOME_TIME + 5 * MINUTE).toISOString().replace(".000", "");
    const text = { Text: "<srml><h1>Pay</h1><p>5 EUR</p></srml>", FromID: "payments@ethel.example", ToID: account };
    const ids = { EnquirerID: `world-${asked.length}`, Created: at, Expire: expire };
    const jws = foreignRequest(key, { ...text, ...ids, ...more });
    const message = { EnquireRequest: { Request: { Request: jws, ResponderAccount: account } } };
    const answer = await (sealed ? broker.signed(await signingKey(key), message) : broker.plain(message));
    if (answer.status !== 201) throw new Error(answer.sentence);
    const one = { id: answer.body["BrokerID"] as string, jws, account };
    asked.push(one);
    return one;
  };
  await ask(ALICE, stranger, false);
  await ask(ALICE, registered, true);
  await ask(ALICE, registered, false, {
    Text: '<srml><h1>Pay</h1><button value="a">Half</button><button>All</button></srml>',
  });
  await ask(BOB, stranger, true);
  const answered = await ask(ALICE, stranger, false);
  const Response = foreignResponse(alice, { SignedRequest: answered.jws, Value: true });
  await broker.plain({ RespondRequest: { Response: { BrokerID: answered.id, RequestStatus: "REPLY", Response } } });
  const cancelled = await ask(ALICE, stranger, false);
  await broker.plain({ StatusRequest: { BrokerID: cancelled.id, Cancel: true } });

  const database = new Database(join(folder, "broker.sqlite"));
  const changes = watch(database);
  const keys = [alice, bob, pendingDevice, registered, stranger];
  const values: readonly JsonValue[] = [
    ...asked.flatMap(({ id, jws }) => [id, valueOf(jws)]),
    ...keys.flatMap(({ jwk, kid }) => [kid, { ...jwk }]),
    ...[...profiles.values()].map((jws) => valueOf(jws)),
    ...[valueOf(Response), ALICE, BOB, CAROL, "nobody@example.com", "payments@ethel.example"],
    ...[true, false, 1, 2, 3, 100, "REPLY", "REFUSED", "ECANCEL", ...proofs.values()],
  ];
  return {
    ...{ broker, alice, bob, pendingDevice, registered, stranger, keys, asked, codes, profiles, proofs, changes },
    parts: values.map(treeOf),
    dump: () => dumpOf(folder),
    close: async () => {
      database.close();
      await broker.stop();
      await rm(folder, { recursive: true });
    },
  };
}
