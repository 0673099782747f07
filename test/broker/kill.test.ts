/**
 * `kill -9` of a real broker process at a random write under load: whatever was acknowledged is there after the restart.
 * The seed is printed; CONFIRM_TEST_SEED repeats a run.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import Database from "libsql";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore } from "../../src/broker/index.ts";
import { signResponse, type SigningKey } from "../../src/crypto/index.ts";
import type { JsonObject, Jws } from "../../src/protocol/index.ts";
import { HOUR } from "../support/fake-clock.ts";
import { ALICE, newKey, profileOf, signedRequest } from "../support/signing.ts";
import { messageOf, sendHttp } from "../support/broker.ts";

const COMMAND = join(import.meta.dirname, "../../dist/node/cli/confirm.js");
const ROUNDS = 4;
const WORKERS = 32;
const LEAST_IN_FLIGHT = 50;

/** Mulberry32: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let folder: string;
let data: string;
let child: ChildProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "confirm-kill-"));
  data = join(folder, "data");
  await writeFile(join(folder, "policy.json"), '{"limits": false}');
});
afterEach(async () => {
  child?.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

/** Runs the broker as an operator does. @returns its endpoint */
async function runBroker(): Promise<string> {
  const options = [
    "--data",
    data,
    "--listen",
    "127.0.0.1:0",
    "--domain",
    "example.com",
    "--policy",
    join(folder, "policy.json"),
  ];
  const process_ = spawn(process.execPath, [COMMAND, "broker", ...options, "--home", folder]);
  child = process_;
  let said = "";
  process_.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  for (let waited = 0; waited < 15_000; waited += 20) {
    const endpoint = /http:\/\/127\.0\.0\.1:\d+\/\S*confirm/.exec(said)?.[0];
    if (endpoint !== undefined) return endpoint;
    if (process_.exitCode !== null) break;
    await delay(20);
  }
  throw new Error(`The broker did not start (is dist/node built?): ${said}`);
}

async function kill(): Promise<void> {
  const process_ = child;
  if (process_ === undefined) return;
  const gone = once(process_, "exit");
  process_.kill("SIGKILL");
  await gone;
}

async function addDevice(): Promise<SigningKey> {
  const key = await newKey();
  const store = await openStore(data);
  const profile = await profileOf(key);
  const signingKey = key.jwk;
  const device = {
    account: ALICE,
    kid: key.kid,
    name: "device",
    signingKey,
    profile,
    changesKeys: false,
    now: Date.now(),
  };
  await store.connectDevice(device, { by: "open_service" });
  await store.close();
  return key;
}

interface Confirmation {
  readonly request: Jws;
  readonly answer: Jws;
  brokerId?: string;
  answered?: boolean;
}

async function prepare(count: number, device: SigningKey): Promise<Confirmation[]> {
  const bank = await newKey();
  const created = Date.now();
  return Promise.all(
    Array.from({ length: count }, async () => {
      const request = await signedRequest(bank, { created, expire: created + HOUR });
      return { request, answer: await signResponse(device, { signedRequest: request, value: true, created }) };
    }),
  );
}

it("loses nothing that was acknowledged", { timeout: 120_000 }, async () => {
  const seed = Number(process.env["CONFIRM_TEST_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`seed ${seed}: CONFIRM_TEST_SEED=${seed} repeats this run`);
  const random = seeded(seed);
  const device = await addDevice();
  const all: Confirmation[] = [];
  let inFlight = 0;

  for (let round = 0; round < ROUNDS; round++) {
    const endpoint = await runBroker();
    const killAt = 40 + Math.floor(random() * 200);
    const work = await prepare(killAt + WORKERS, device);
    all.push(...work);
    let acknowledged = 0;
    let flying = 0;
    let killed: Promise<void> | undefined;
    const post = async (message: object): Promise<JsonObject | undefined> => {
      if (killed !== undefined) return undefined;
      flying += 1;
      try {
        const { status, body } = messageOf((await sendHttp(endpoint, { body: JSON.stringify(message) })).json);
        expect(status).toBe(201);
        acknowledged += 1;
        if (acknowledged === killAt) {
          inFlight += flying - 1;
          killed = kill();
        }
        return body;
      } catch (error) {
        if (killed === undefined) throw error;
        return undefined;
      } finally {
        flying -= 1;
      }
    };
    const queue = [...work];
    const worker = async (): Promise<void> => {
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
        const enquiry = { Request: one.request, ResponderAccount: ALICE };
        const posted = await post({ EnquireRequest: { Request: enquiry } });
        if (posted === undefined) return;
        one.brokerId = posted["BrokerID"] as string;
        const entry = { BrokerID: one.brokerId, RequestStatus: "REPLY", Response: one.answer };
        one.answered = (await post({ RespondRequest: { Response: entry } })) !== undefined;
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, worker));
    expect(killed).toBeDefined();
    await killed;
  }

  const endpoint = await runBroker();
  let posted = 0;
  let answered = 0;
  for (const { brokerId, answered: isAnswered, answer, request } of all) {
    if (brokerId === undefined) continue;
    posted += 1;
    const status = await sendHttp(endpoint, { body: JSON.stringify({ StatusRequest: { BrokerID: brokerId } }) });
    const { Response } = messageOf(status.json).body as { Response?: JsonObject };
    if (isAnswered === true) {
      answered += 1;
      expect(Response).toMatchObject({ RequestStatus: "REPLY", Response: answer });
    } else {
      expect(["PENDING", "REPLY"]).toContain(Response?.["RequestStatus"]);
    }
    const again = { EnquireRequest: { Request: { Request: request, ResponderAccount: ALICE } } };
    expect(messageOf((await sendHttp(endpoint, { body: JSON.stringify(again) })).json).body["BrokerID"]).toBe(brokerId);
  }
  console.log(
    `${posted} requests and ${answered} answers were acknowledged, ${inFlight} writes were in flight at ${ROUNDS} kills`,
  );
  expect(inFlight).toBeGreaterThanOrEqual(LEAST_IN_FLIGHT);
  await kill();
  const database = new Database(join(data, "broker.sqlite"));
  expect(database.prepare("PRAGMA integrity_check").raw().get()).toEqual(["ok"]);
  database.close();
});
