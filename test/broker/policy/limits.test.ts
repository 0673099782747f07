/** Buckets: how many calls an address and a key may make, and that the memory for them is bounded. */
import { afterEach, describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, DEFAULT_POLICY } from "../../../src/broker/index.ts";
import { createLimiter } from "../../../src/broker/policy/limiter.ts";
import { TokenBuckets } from "../../../src/broker/policy/token-buckets.ts";
import { sendHttp, startTestBroker, type TestBroker } from "../../support/broker.ts";
import { fakeClock, SECOND } from "../../support/fake-clock.ts";
import { newKey } from "../../support/signing.ts";

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

describe("addresses", () => {
  it("of IPv6 share the bucket of their /64, and of mapped IPv4 that of the IPv4 address", () => {
    const limits = { ...DEFAULT_LIMITS, address: { perSecond: 0, burst: 1 } };
    const { address } = createLimiter(limits, fakeClock().read);
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
