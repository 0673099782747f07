/** The line between a broker and its PostgreSQL is slow, stops, or breaks: no wrong answer, nothing hangs, and it goes on by itself. */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_POLICY, openStore } from "../../../src/broker/index.ts";
import { type SigningKey, signResponse } from "../../../src/crypto/index.ts";
import type { Jws } from "../../../src/protocol/index.ts";
import { startTestBroker, type TestBroker, type TestDevice } from "../../support/broker.ts";
import { HOUR } from "../../support/fake-clock.ts";
import { FaultyLine } from "../../support/faulty-line.ts";
import type { Message } from "../../support/http.ts";
import { NO_POSTGRES, Postgres } from "../../support/postgres.ts";
import { seededRandom } from "../../support/random.ts";
import { ALICE, newKey, signedRequest } from "../../support/signing.ts";
import { Confirmation, type Post } from "./confirmation.ts";

/** An answer of the server is waited for for 15 seconds, a connection for 5; the machine may be slow. */
const LONGEST_MS = 45_000;
/** The same answer each time has the same date. */
const STARTED = Date.now();

describe.skipIf(NO_POSTGRES !== "")(`the line to PostgreSQL${NO_POSTGRES}`, () => {
  let server: Postgres;
  let direct: string;
  let line: FaultyLine;
  let broker: TestBroker;
  let alice: TestDevice;
  let bank: SigningKey;
  beforeAll(async () => {
    server = await Postgres.start();
    direct = await server.database();
    bank = await newKey();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    line = await FaultyLine.open(server.socket);
    const folder = `postgres://confirm@127.0.0.1:${line.port}${new URL(direct).pathname}`;
    broker = await startTestBroker({
      folder,
      domains: ["example.com"],
      policy: { ...DEFAULT_POLICY, limits: undefined },
    });
    alice = await broker.connect(ALICE);
  });
  afterEach(async () => {
    await broker.stop();
    await line.close();
    await server.empty(direct);
  });

  const newRequest = (): Promise<Jws> => signedRequest(bank, { created: Date.now(), expire: Date.now() + HOUR });
  const enquire = (request: Jws): Promise<Message> =>
    broker.plain({ EnquireRequest: { Request: { Request: request, ResponderAccount: ALICE } } });
  async function respond(BrokerID: unknown, request: Jws): Promise<Message> {
    const signed = await signResponse(alice.key, { signedRequest: request, value: true, created: STARTED });
    return broker.plain({ RespondRequest: { Response: { BrokerID, RequestStatus: "REPLY", Response: signed } } });
  }
  const rows = (): Promise<readonly object[]> =>
    server.sql(direct, "SELECT broker_id, state FROM mesh_confirm.requests");

  /** Confirmations through whatever happens meanwhile, asked again until each is done; then what the store says to them. */
  async function confirmAll(count: number, random: () => number, meanwhile: (left: number) => void): Promise<void> {
    const all: Confirmation[] = [];
    for (let made = 0; made < count; made += 1) all.push(await Confirmation.prepare(random, bank, alice.key));
    const post: Post = async (message) => {
      const told = await broker.plain(message);
      return told.status === 503 ? undefined : told;
    };
    for (let left = all; left.length > 0; left = left.filter(({ isDone }) => !isDone)) {
      meanwhile(left.length);
      await Promise.all(left.map((one) => one.go(post)));
    }
    const store = await openStore(direct);
    const faults = [];
    for (const one of all) faults.push(one.faultIn(await store.request(one.brokerId ?? "")));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
    expect(await rows()).toHaveLength(count);
    await store.close();
  }

  it("that is slow makes calls slow, and no more", async () => {
    line.delayMs = 15;
    const random = seededRandom("slow line");
    let rounds = 0;
    await confirmAll(12, random, () => (rounds += 1));
    expect(rounds).toBe(1);
  });

  it("that breaks again and again refuses with 503, and what is asked again is there once", async () => {
    const random = seededRandom("broken line");
    const meanwhile = { isOver: false };
    const breaking = (async () => {
      while (!meanwhile.isOver) {
        await delay(5 + random() * 60);
        line.reset();
      }
    })();
    let rounds = 0;
    await confirmAll(30, seededRandom("what is asked meanwhile"), () => {
      rounds += 1;
      meanwhile.isOver = rounds > 12;
    });
    meanwhile.isOver = true;
    await breaking;
    expect(rounds).toBeGreaterThan(1);
  });

  it(
    "that stops in the middle of a message ends every call with 503, and goes on when it flows",
    { timeout: 150_000 },
    async () => {
      const request = await newRequest();
      const { BrokerID } = (await enquire(request)).body;
      line.stall();
      const started = performance.now();
      const calls = [
        broker.plain({ StatusRequest: { BrokerID } }),
        enquire(await newRequest()),
        respond(BrokerID, request),
        broker.signed(alice.key, { PendingRequest: { Responder: ALICE } }),
      ];
      const told = await Promise.all(calls);
      expect(performance.now() - started).toBeLessThan(LONGEST_MS);
      // The one whose answer was under way may have had it already.
      expect(told.filter(({ status }) => status === 503).length).toBeGreaterThanOrEqual(3);
      expect(told.every(({ status }) => status === 503 || status === 201)).toBe(true);
      expect(broker.log().filter(({ event }) => event === "defect")).toEqual([]);
      line.flow();
      const again = async (): Promise<number> => (await respond(BrokerID, request)).status;
      let status = await again();
      for (const until = performance.now() + LONGEST_MS; status === 503 && performance.now() < until;)
        status = await again();
      expect(status).toBe(201);
      expect(await rows()).toContainEqual({ broker_id: BrokerID, state: "REPLY" });
    },
  );

  it("that stops does not keep a broker from being stopped", { timeout: 150_000 }, async () => {
    line.stall();
    const call = broker.plain({ StatusRequest: { BrokerID: "AAAAA" } }).catch(() => undefined);
    await delay(50);
    const started = performance.now();
    await broker.running.close();
    expect(performance.now() - started).toBeLessThan(LONGEST_MS);
    await call;
    line.flow();
  });

  describe.each(["before", "after"] as const)("that breaks at COMMIT, %s it is done", (when) => {
    it("gets 503, and the same request again gets one BrokerID and one answer", async () => {
      const request = await newRequest();
      line.breakAt("COMMIT", when);
      expect(await enquire(request)).toMatchObject({ status: 503, body: { RetryAfter: 1 } });
      expect(line.hasBroken).toBe(true);
      const kept = await rows();
      expect(kept).toHaveLength(when === "after" ? 1 : 0);
      const posted = await enquire(request);
      expect(posted.status).toBe(201);
      const { BrokerID } = posted.body;
      if (when === "after") expect(kept).toMatchObject([{ broker_id: BrokerID }]);
      line.breakAt("COMMIT", when);
      expect(await respond(BrokerID, request)).toMatchObject({ status: 503 });
      expect(line.hasBroken).toBe(true);
      expect(await rows()).toEqual([{ broker_id: BrokerID, state: when === "after" ? "REPLY" : "PENDING" }]);
      expect((await respond(BrokerID, request)).status).toBe(201);
      expect((await respond(BrokerID, request)).status).toBe(201);
      expect(await rows()).toEqual([{ broker_id: BrokerID, state: "REPLY" }]);
    });
  });
});
