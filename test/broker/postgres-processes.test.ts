/**
 * Three real broker processes on one PostgreSQL, as behind a load balancer: whoever is asked, the answer is the same, and
 * what happens at one reaches those who wait at the others.
 */
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../src/broker/index.ts";
import { signResponse, type SigningKey } from "../../src/crypto/index.ts";
import type { Jws } from "../../src/protocol/index.ts";
import { Brokers, type Channel } from "../support/brokers.ts";
import { type Message, messageOf, sendHttp } from "../support/http.ts";
import { NO_POSTGRES } from "../support/postgres.ts";
import { ALICE, newKey, signedRequest } from "../support/signing.ts";

/** Nothing comes back into a bucket, so that the clock has no say in what is counted. */
const POLICY = {
  limits: {
    address: { perSecond: 0, burst: 96 },
    kid: { perSecond: 0, burst: 96 },
    wrongProofs: { perMinute: 0, burst: 10 },
    pending: { verifiedSender: 50 },
  },
  enquirers: "registered",
};

describe.skipIf(NO_POSTGRES !== "")(`three brokers on one PostgreSQL${NO_POSTGRES}`, () => {
  let brokers: Brokers;
  let alice: SigningKey;
  let bank: SigningKey;

  beforeAll(async () => {
    brokers = await Brokers.start(POLICY);
    [alice, bank] = [await newKey(), await newKey()];
    await brokers.connect(0, alice, ALICE);
    await brokers.register(bank);
  });
  afterAll(() => brokers.close());

  const plain = (index: number, message: object): Promise<Message> => brokers.callerAt(index).plain(message);
  const subscribe = (index: number, after?: number): Promise<Channel> => brokers.subscribe(index, alice, ALICE, after);

  async function post(index: number): Promise<{ readonly request: Jws; readonly BrokerID: string }> {
    const request = await signedRequest(bank, { created: Date.now() });
    const { body } = await plain(index, { EnquireRequest: { Request: { Request: request, ResponderAccount: ALICE } } });
    return { request, BrokerID: body["BrokerID"] as string };
  }
  async function answer(index: number, { request, BrokerID }: Awaited<ReturnType<typeof post>>): Promise<Message> {
    const signedAnswer = await signResponse(alice, { signedRequest: request, value: true, created: Date.now() });
    const entry = { BrokerID, RequestStatus: "REPLY", Response: signedAnswer };
    return plain(index, { RespondRequest: { Response: entry } });
  }
  const cancel = (index: number, { BrokerID }: { readonly BrokerID: string }) =>
    plain(index, { StatusRequest: { BrokerID, Cancel: true } });

  it("bring a request that is posted at one to a device at another, and its answer from a third to who waits", async () => {
    const channel = await subscribe(1);
    const posted = await post(0);
    const waiting = plain(0, { StatusRequest: { BrokerID: posted.BrokerID, Wait: 30 } });
    expect(await channel.about("Pending", posted.BrokerID)).toMatchObject({ Request: posted.request });
    const started = performance.now();
    expect((await answer(2, posted)).status).toBe(201);
    expect((await waiting).body["Response"]).toMatchObject({ RequestStatus: "REPLY" });
    // It was woken, and did not come to the end of its time.
    expect(performance.now() - started).toBeLessThan(25_000);
    expect(await channel.about("Withdrawn", posted.BrokerID)).toMatchObject({ RequestStatus: "REPLY" });
    channel.socket.terminate();
  });

  it("lose nothing when one is killed: its device goes to another and asks for what came after", async () => {
    const channel = await subscribe(1);
    const first = await post(0);
    const { Sequence } = await channel.about("Pending", first.BrokerID);
    const closed = once(channel.socket, "close");
    await brokers.end(1, "SIGKILL");
    const missed = await post(2);
    await closed;
    const again = await subscribe(2, Sequence as number);
    expect(await again.about("Pending", missed.BrokerID)).toMatchObject({ Request: missed.request });
    expect((await answer(0, first)).status).toBe(201);
    await brokers.run(1);
    expect((await cancel(1, missed)).body["Response"]).toMatchObject({ RequestStatus: "ECANCEL" });
    expect(await again.about("Withdrawn", missed.BrokerID)).toMatchObject({ RequestStatus: "ECANCEL" });
    again.socket.terminate();
  });

  it("lose nothing when the connections break over which they hear of each other", async () => {
    const channel = await subscribe(1);
    expect(await brokers.server.cut(brokers.store, true)).toBe(3);
    const posted = await post(0);
    expect(await channel.about("Pending", posted.BrokerID)).toMatchObject({ Request: posted.request });
    await cancel(2, posted);
    await channel.about("Withdrawn", posted.BrokerID);
    channel.socket.terminate();
  });

  it("take a call once, whoever is asked", async () => {
    const call = await brokers.callerAt(0).seal(alice, { PendingRequest: { Responder: ALICE } });
    expect((await brokers.callerAt(0).send(call)).status).toBe(201);
    expect((await brokers.callerAt(1).send(call)).status).toBe(401);
    expect((await brokers.callerAt(2).send(call)).status).toBe(401);
  });

  it("take a connect code for one device, whoever is asked", async () => {
    const account = "carol@example.com";
    const code = await brokers.newCode(account);
    const keys = await Promise.all([newKey(), newKey(), newKey()]);
    const all = await Promise.all(keys.map((key, index) => brokers.connect(index, key, account, code)));
    expect(all.map(({ status }) => status).sort()).toEqual([201, 401, 401]);
  });

  it("let a device go at once that is cut off elsewhere, and wake who waits when its account is removed", async () => {
    const [erin, account] = [await newKey(), "erin@example.com"];
    await brokers.connect(0, erin, account);
    const channel = await brokers.subscribe(1, erin, account);
    const closed = once(channel.socket, "close");
    const request = await signedRequest(bank, { created: Date.now(), toId: account });
    const entry = { Request: { Request: request, ResponderAccount: account } };
    const { body } = await plain(2, { EnquireRequest: entry });
    const waiting = plain(0, { StatusRequest: { BrokerID: body["BrokerID"], Wait: 60 } });
    // The operator's command is a process of its own, and no broker.
    const own = await openStore(brokers.store);
    await own.revokeDevice({ account, kid: erin.kid, revocation: undefined, now: Date.now() });
    await closed;
    await own.removeAccount(account, Date.now());
    await own.close();
    expect((await waiting).body["Response"]).toMatchObject({ RequestStatus: "BCANCEL" });
    expect((await brokers.callerAt(2).signed(erin, { PendingRequest: { Responder: account } })).status).toBe(403);
  });

  it("answer 503 and when to come again while the database is down, keep their devices, and go on when it is back", async () => {
    const channel = await subscribe(1);
    await brokers.server.halt();
    const headers = { host: brokers.host, "x-forwarded-for": "192.0.2.1" };
    const down = await sendHttp(brokers.at(0), { headers, body: '{"StatusRequest":{"BrokerID":"AAAAA"}}' });
    expect(down.status).toBe(503);
    expect(messageOf(down.json).body["RetryAfter"]).toBeGreaterThan(0);
    await brokers.server.resume();
    const posted = await post(2);
    expect(await channel.about("Pending", posted.BrokerID)).toMatchObject({ Request: posted.request });
    expect((await answer(0, posted)).status).toBe(201);
    channel.socket.terminate();
    expect(brokers.areUp).toBe(true);
  });

  describe("count what a caller takes together", () => {
    /** Calls at each in turn until all of them refuse. @returns how many calls were let in */
    async function spread(call: (index: number) => Promise<boolean>): Promise<number> {
      let admitted = 0;
      for (;;) {
        const round = await Promise.all([0, 1, 2].map(call));
        admitted += round.filter(Boolean).length;
        if (!round.some(Boolean)) return admitted;
        // What is told has its time to come; nothing below hangs on how long it takes.
        await delay(40);
      }
    }
    /** Calls until it is refused. @returns how many calls were let in before */
    async function untilRefused(call: () => Promise<boolean>, pauseMs: number): Promise<number> {
      let admitted = 0;
      while (await call()) {
        admitted += 1;
        await delay(pauseMs);
      }
      return admitted;
    }
    const hello = (index: number, from: string): Promise<boolean> =>
      sendHttp(brokers.at(index), {
        headers: { host: brokers.host, "x-forwarded-for": from },
        body: '{"HelloRequest":{}}',
      }).then(({ status }) => status !== 429);

    it("of an address, before anything of a call is read", async () => {
      const admitted = await spread((index) => hello(index, "198.51.100.1"));
      // Each alone would give 96, and does not know of up to five at each of the others.
      expect(admitted).toBeGreaterThanOrEqual(96);
      expect(admitted).toBeLessThan(192);
    });

    it("so that what one has given to the last no other gives again", async () => {
      expect(await untilRefused(() => hello(0, "198.51.100.2"), 0)).toBe(96);
      expect(await untilRefused(() => hello(1, "198.51.100.2"), 200)).toBeLessThan(48);
      expect(await untilRefused(() => hello(2, "198.51.100.2"), 200)).toBeLessThan(48);
    });

    it("of a key, wherever it calls from", async () => {
      const key = await newKey();
      let calls = 0;
      const admitted = await spread(async (index) => {
        calls += 1;
        const caller = brokers.callerAt(index, `198.51.100.${String(10 + (calls % 100))}`);
        return (await caller.signed(key, { HelloRequest: {} })).status !== 429;
      });
      expect(admitted).toBeGreaterThanOrEqual(96);
      expect(admitted).toBeLessThan(192);
    });

    it("of wrong connect codes, told before the caller knows that it was wrong", async () => {
      const account = "dave@example.com";
      const code = await brokers.newCode(account);
      const from = "198.51.100.200";
      const wrong = (index: number): Promise<Message> =>
        newKey().then((key) => brokers.connect(index, key, account, "AAAAAAAAAAAAAAAA", from));
      let calls = 0;
      const tried = await untilRefused(async () => (await wrong((calls += 1) % 3)).status === 401, 0);
      expect(tried).toBeGreaterThanOrEqual(10);
      expect(tried).toBeLessThan(20);
      const refused = async (index: number): Promise<boolean> => (await wrong(index)).status === 429;
      await expect.poll(async () => Promise.all([0, 1, 2].map(refused)), { timeout: 10_000 }).not.toContain(false);
      // The right one is not looked at either, until there is a token again; from elsewhere it counts.
      expect((await brokers.connect(1, await newKey(), account, code, from)).status).toBe(429);
      expect((await brokers.connect(1, await newKey(), account, code)).status).toBe(201);
    });
  });
});
