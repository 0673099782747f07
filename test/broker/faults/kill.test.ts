/**
 * `kill -9` of a broker at random moments of writes under load, again and again on the same data; on PostgreSQL at times the
 * server instead. At the end everything that was acknowledged is there once, with its bytes, nothing else came of it, and the
 * audit log holds.
 *
 * CONFIRM_KILLS kills a store (`npm run soak` asks for a thousand), CONFIRM_KILL_STORE one of the two alone, SEED repeats the choices.
 */
import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyAudit } from "../../../src/broker/audit/index.ts";
import { openAuditSnapshot, openStore } from "../../../src/broker/store/index.ts";
import type { SigningKey } from "../../../src/crypto/index.ts";
import { type JsonObject, scanJson } from "../../../src/protocol/index.ts";
import { type Bundle, bundle, type Child } from "../../support/child.ts";
import { type Message, messageOf } from "../../support/http.ts";
import { NO_POSTGRES, Postgres } from "../../support/postgres.ts";
import { type Random, randomFrom, seedOf, upTo } from "../../support/random.ts";
import { ALICE, newKey, profileOf } from "../../support/signing.ts";
import { Confirmation, type Post } from "./confirmation.ts";

const KILLS = Number(process.env["CONFIRM_KILLS"] ?? 40);
const STORE = process.env["CONFIRM_KILL_STORE"];
const WORKERS = 12;
/** A kill comes after so many acknowledgements at most, and then so many milliseconds. */
const MOST_BETWEEN = 40;
const MOST_AFTER_MS = 4;
/** Every so often it is the server of the store that is killed, and the broker goes on. */
const SERVER_EVERY = 8;
const PATIENCE_MS = 60_000;
const TOLD_EVERY = 100;

const BROKER = `
  const [place] = values;
  const { endpoint } = await ours.startBroker({
    store: await ours.openStore(place),
    listen: { host: "127.0.0.1", port: 0 },
    domains: ["example.com"],
    policy: { ...ours.DEFAULT_POLICY, limits: undefined },
    log: () => undefined,
  });
  console.log(endpoint);`;

let broker: Bundle;
beforeAll(async () => {
  broker = await bundle("broker/index.ts", ["libsql"]);
});
afterAll(() => broker.discard());

/** A store that is killed, and its server where it has one. */
interface Place {
  readonly name: string;
  readonly store: string;
  readonly server?: Postgres;
}

/** One broker after the other on one store, and what is asked of them. */
class Siege {
  readonly #place: Place;
  /** When to kill, and what to ask for: how far the one gets must not move the other. */
  readonly #random: Random;
  readonly #plans: Random;
  readonly #bank: SigningKey;
  readonly #device: SigningKey;
  readonly all: Confirmation[] = [];
  #child: Child | undefined;
  #endpoint = "";
  #agent = new Agent({ keepAlive: true });
  /** Resolves when what is to be killed is gone; undefined as long as it is not. */
  #killed: Promise<void> | undefined;
  #untilKill = 0;
  #flying = 0;
  inFlight = 0;

  constructor(place: Place, seed: number, bank: SigningKey, device: SigningKey) {
    this.#place = place;
    [this.#random, this.#plans] = [randomFrom(seed), randomFrom(seed + 1)];
    [this.#bank, this.#device] = [bank, device];
  }

  async start(): Promise<void> {
    this.#child = broker.start(BROKER, this.#place.store);
    this.#endpoint = (await this.#child.printed("\n")).trim();
    this.#agent = new Agent({ keepAlive: true });
  }

  /** Kills the broker, or the server behind it, somewhere in the next writes. */
  async round(index: number): Promise<void> {
    const doubtful = this.all.filter(({ isDone }) => !isDone);
    const { server } = this.#place;
    const isServers = server !== undefined && index % SERVER_EVERY === SERVER_EVERY - 1;
    this.#untilKill = 1 + upTo(this.#random, MOST_BETWEEN);
    const after = this.#random() * MOST_AFTER_MS;
    this.#killed = undefined;
    const kill = async (): Promise<void> => {
      // Timers are too coarse: what is wanted lies between two writes.
      for (const end = performance.now() + after; performance.now() < end;) await new Promise(setImmediate);
      this.inFlight += this.#flying;
      await (isServers ? server.halt() : this.kill());
    };
    const post: Post = async (message) => {
      if (this.#killed !== undefined) return undefined;
      const answer = await this.#post(message);
      this.#untilKill -= 1;
      if (this.#untilKill === 0) this.#killed = kill();
      return answer;
    };
    await this.#work(doubtful, post, true);
    await this.#gone();
    if (isServers) await server.resume();
    else await this.start();
  }

  #gone(): Promise<void> {
    return this.#killed ?? Promise.reject(new Error("Nothing was killed."));
  }

  /** Asks again for all that is in doubt, until nothing is. */
  async settle(): Promise<void> {
    this.#killed = undefined;
    const until = performance.now() + PATIENCE_MS;
    for (let left = this.all; left.length > 0; left = left.filter(({ isDone }) => !isDone)) {
      if (performance.now() > until) throw new Error(`${left.length} are in doubt for ever.`);
      await this.#work(left, (message) => this.#post(message));
    }
  }

  async kill(): Promise<void> {
    const child = this.#child?.process;
    if (child?.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    this.#agent.destroy();
  }

  /** @param goesOn - whether new ones follow, until the kill */
  async #work(list: readonly Confirmation[], post: Post, goesOn = false): Promise<void> {
    const queue = [...list];
    const next = async (): Promise<Confirmation | undefined> => {
      const old = queue.shift();
      if (old !== undefined || !goesOn || this.#killed !== undefined) return old;
      const fresh = await Confirmation.prepare(this.#plans, this.#bank, this.#device);
      this.all.push(fresh);
      return fresh;
    };
    const worker = async (): Promise<void> => {
      for (let one = await next(); one !== undefined; one = await next()) await one.go(post);
    };
    await Promise.all(Array.from({ length: WORKERS }, worker));
  }

  /** Undefined where nobody knows what became of it, which may be so after a kill alone. */
  async #post(message: object): Promise<Message | undefined> {
    this.#flying += 1;
    try {
      const told = messageOf(await this.#send(JSON.stringify(message)));
      return told.status === 503 && this.#place.server !== undefined ? undefined : told;
    } catch (error) {
      if (this.#killed === undefined) throw error;
      return undefined;
    } finally {
      this.#flying -= 1;
    }
  }

  #send(body: string): Promise<JsonObject> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest(this.#endpoint, { method: "POST", agent: this.#agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("aborted", () => reject(new Error("The line broke in the answer.")));
        response.on("end", () => resolve(scanJson(Buffer.concat(chunks).toString(), 1024 * 1024) as JsonObject));
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }
}

async function connect(place: string, device: SigningKey): Promise<void> {
  const store = await openStore(place);
  const profile = await profileOf(device);
  const keys = { kid: device.kid, signingKey: device.jwk, profile, changesKeys: false };
  await store.connectDevice({ account: ALICE, name: "device", now: Date.now(), ...keys }, { by: "open_service" });
  await store.close();
}

async function losesNothing(place: Place): Promise<void> {
  const seed = seedOf(`kill -9, ${place.name}`);
  const [bank, device] = [await newKey(), await newKey()];
  await connect(place.store, device);
  const siege = new Siege(place, seed, bank, device);
  try {
    await siege.start();
    for (let index = 0; index < KILLS; index += 1) {
      await siege.round(index);
      if ((index + 1) % TOLD_EVERY === 0) process.stderr.write(`${place.name}: ${index + 1} of ${KILLS} kills\n`);
    }
    await siege.settle();
  } finally {
    await siege.kill();
  }

  const store = await openStore(place.store);
  const { pending, answered, archived } = await store.requestsOf(ALICE);
  const ids = [...pending, ...answered, ...archived];
  expect(new Set(ids).size, "each request is there once").toBe(ids.length);
  expect([...ids].sort()).toEqual(siege.all.map(({ brokerId }) => brokerId).sort());
  const faults: string[] = [];
  for (const one of siege.all) {
    const fault = one.faultIn(await store.request(one.brokerId ?? ""));
    if (fault !== undefined) faults.push(`${one.brokerId}: ${fault}`);
  }
  await store.close();
  expect(faults).toEqual([]);
  const snapshot = await openAuditSnapshot(place.store);
  const { verified, problems, requests } = await verifyAudit(snapshot);
  await snapshot.close();
  expect({ verified, problems, requests }).toEqual({ verified: true, problems: [], requests: siege.all.length });
  const ends = siege.all.filter(({ acknowledged }) => acknowledged.length > 0).length;
  console.log(
    `${place.name}: ${siege.all.length} requests and ${ends} ends of them, ${siege.inFlight} calls under way at ${KILLS} kills`,
  );
  // One kill may meet nothing under way, many do not.
  if (KILLS >= 20) expect(siege.inFlight).toBeGreaterThan(KILLS);
}

const LONG_MS = 120_000 + KILLS * 10_000;

describe("kill -9 under load loses nothing that was acknowledged, and nothing happens twice", () => {
  const asked = (store: string): string => (STORE === undefined || STORE === store ? "" : " (skipped: not asked for)");
  const noFile = asked("sqlite");
  it.skipIf(noFile !== "")(`on the embedded file, which stays whole${noFile}`, { timeout: LONG_MS }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "confirm-kill-"));
    await losesNothing({ name: "SQLite", store: folder });
    const database = new Database(join(folder, "broker.sqlite"));
    expect(database.prepare("PRAGMA integrity_check").raw().get()).toEqual(["ok"]);
    database.close();
    await rm(folder, { recursive: true });
  });

  const noServer = asked("postgres") || NO_POSTGRES;
  it.skipIf(noServer !== "")(`on PostgreSQL, whose server is killed too${noServer}`, { timeout: LONG_MS }, async () => {
    const server = await Postgres.start();
    try {
      await losesNothing({ name: "PostgreSQL", store: await server.database(), server });
    } finally {
      await server.stop();
    }
  });
});
