/** Buckets: how many calls an address and a key may make, and that the memory for them is bounded. */
import { afterEach, describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, DEFAULT_POLICY } from "../../../src/broker/index.ts";
import { createLimiter } from "../../../src/broker/policy/limiter.ts";
import { TokenBuckets } from "../../../src/broker/policy/token-buckets.ts";
import { sendHttp, startTestBroker, type TestBroker } from "../../support/broker.ts";
import { fakeClock, SECOND } from "../../support/fake-clock.ts";
import { newKey } from "../../support/signing.ts";

const alone = () => Promise.resolve();

describe("a bucket", () => {
  it("gives what it holds, then one after each interval", () => {
    const clock = fakeClock();
    const buckets = new TokenBuckets({ perSecond: 0.5, burst: 2 }, clock.read);
    expect([buckets.take("a"), buckets.take("a"), buckets.take("a")]).toEqual([0, 0, 2]);
    clock.pass(2 * SECOND);
    expect([buckets.look("a"), buckets.take("a"), buckets.take("a")]).toEqual([0, 0, 2]);
    expect(buckets.take("b")).toBe(0);
  });

  it("never holds more than its burst, and loses nothing when the clock goes back", () => {
    const clock = fakeClock();
    const buckets = new TokenBuckets({ perSecond: 1, burst: 2 }, clock.read);
    buckets.take("a");
    clock.pass(3600 * SECOND);
    clock.pass(-1800 * SECOND);
    expect([buckets.take("a"), buckets.take("a"), buckets.take("a")]).toEqual([0, 0, 1]);
  });

  it("is forgotten, oldest first, when there are too many", () => {
    const clock = fakeClock();
    const buckets = new TokenBuckets({ perSecond: 0, burst: 1 }, clock.read);
    buckets.take("first");
    buckets.take("second");
    for (let count = 0; count < 19_998; count++) buckets.take(`other-${count}`);
    expect(buckets.take("first")).toBeGreaterThan(0);
    buckets.take("one more");
    expect(buckets.take("second")).toBe(0);
    expect(buckets.take("first")).toBeGreaterThan(0);
  });
});

describe("buckets of processes that tell each other what they took", () => {
  const rule = { perSecond: 10, burst: 32 };
  /** Tells every other what each took. */
  function exchange(all: readonly TokenBuckets[]): number {
    let told = 0;
    for (const [from, buckets] of all.entries()) {
      for (const [name, count] of buckets.news(100)) {
        told += 1;
        for (const [to, other] of all.entries()) if (to !== from) other.drain(name, count);
      }
    }
    return told;
  }

  it("give over the long run what one of them would, to a caller who asks all of them all the time", () => {
    const clock = fakeClock();
    const all = [1, 2, 3].map(() => new TokenBuckets(rule, clock.read));
    let given = 0;
    for (let tenths = 0; tenths < 600; tenths++) {
      for (let calls = 0; calls < 20; calls++) for (const one of all) given += one.take("a") === 0 ? 1 : 0;
      exchange(all);
      clock.pass(SECOND / 10);
    }
    const one = rule.burst + 60 * rule.perSecond;
    expect(given).toBeGreaterThanOrEqual(one);
    // What the three gave at the start is owed, and worked off: what is left is one moment's worth, not one for each moment.
    expect(given).toBeLessThan(one + 2 * rule.burst);
  });

  it("let a caller wait whose calls several took at once, until one of them would have given as much", () => {
    const clock = fakeClock();
    const all = [1, 2].map(() => new TokenBuckets(rule, clock.read));
    for (const one of all) for (let calls = 0; calls < 32; calls++) one.take("a");
    exchange(all);
    expect(all.map((one) => one.look("a"))).toEqual([4, 4]);
  });

  it("say nothing of callers who take little, and each thing once", () => {
    const all = [1, 2].map(() => new TokenBuckets(rule, fakeClock().read));
    const [one] = all;
    one?.take("a");
    expect([one?.hasNews, exchange(all)]).toEqual([false, 0]);
    one?.take("a");
    expect([one?.hasNews, exchange(all), exchange(all), one?.hasNews]).toEqual([true, 1, 0, false]);
  });

  it("say so much at once and the rest later, and nothing of a bucket that is forgotten", () => {
    const buckets = new TokenBuckets({ perSecond: 0, burst: 1 }, fakeClock().read);
    for (let count = 0; count < 20_001; count++) buckets.take(`name-${String(count)}`);
    expect(buckets.news(2)).toEqual([
      ["name-1", 1],
      ["name-2", 1],
    ]);
    expect(buckets.news(100_000)).toHaveLength(19_998);
  });

  it("count on by themselves where nothing can be told", async () => {
    const limits = { ...DEFAULT_LIMITS, wrongProofs: { perSecond: 1, burst: 2 } };
    const limiter = createLimiter(limits, fakeClock().read, () => Promise.reject(new Error("The store is down.")));
    for (let count = 0; count < 3; count++) await limiter.wrongProof("192.0.2.1");
    expect(() => limiter.beforeProof("192.0.2.1")).toThrow(
      expect.objectContaining({ code: "too_many", retryAfter: 2 }),
    );
    limiter.taken([{ bucket: "constructor", name: "192.0.2.1", count: 1 }]);
    limiter.taken([{ bucket: "wrongProofs", name: "192.0.2.2", count: 2 }]);
    expect(() => limiter.beforeProof("192.0.2.2")).toThrow(expect.objectContaining({ retryAfter: 1 }));
  });
});

describe("addresses", () => {
  it("of IPv6 share the bucket of their /64, and of mapped IPv4 that of the IPv4 address", () => {
    const limits = { ...DEFAULT_LIMITS, address: { perSecond: 0, burst: 1 } };
    const { address } = createLimiter(limits, fakeClock().read, alone);
    const refused = (one: string) => address(one) > 0;
    expect(["2001:db8::1", "2001:db8:0:0:ffff::2", "2001:db8:0:1::1"].map(refused)).toEqual([false, true, false]);
    expect(["::ffff:192.0.2.1", "192.0.2.1", "192.0.2.2"].map(refused)).toEqual([false, true, false]);
    expect(["::1", "::2"].map(refused)).toEqual([false, true]);
  });
});

describe("a broker with small buckets", () => {
  let broker: TestBroker;
  afterEach(() => broker.stop());
  const hello = '{"HelloRequest":{}}';

  it("answers 429 by HTTP to an address that calls too often, whatever it sends", async () => {
    const limits = { ...DEFAULT_LIMITS, address: { perSecond: 0.1, burst: 2 } };
    broker = await startTestBroker({ clock: fakeClock().read, policy: { ...DEFAULT_POLICY, limits } });
    // The test broker itself says Hello once.
    expect((await sendHttp(broker.endpoint, { body: "{" })).status).toBe(400);
    const refused = await sendHttp(broker.endpoint, { body: hello });
    expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "10"]);
    expect(refused.json).toMatchObject({ ConfirmResponse: { Status: 429, RetryAfter: 10 } });
  });

  it("answers 429, sealed, to a key that calls too often", async () => {
    const limits = { ...DEFAULT_LIMITS, kid: { perSecond: 0.1, burst: 2 } };
    broker = await startTestBroker({ clock: fakeClock().read, policy: { ...DEFAULT_POLICY, limits } });
    const key = await newKey();
    const statuses = [];
    for (let count = 0; count < 3; count++) statuses.push((await broker.signed(key, { HelloRequest: {} })).status);
    expect(statuses).toEqual([201, 201, 429]);
    expect((await broker.signed(await newKey(), { HelloRequest: {} })).status).toBe(201);
  });

  it("has no limit with limits: false", async () => {
    broker = await startTestBroker({ clock: fakeClock().read, policy: { ...DEFAULT_POLICY, limits: undefined } });
    const answers = await Promise.all(Array.from({ length: 600 }, () => sendHttp(broker.endpoint, { body: hello })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});
