/** The policy file: every limit has a name, and a name that is none is refused. */
import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY, readPolicy } from "../../../src/broker/index.ts";

describe("a policy file", () => {
  it("that says nothing is the default", () => {
    expect(readPolicy("{}")).toEqual(DEFAULT_POLICY);
  });

  it("turns buckets and caps off with limits: false, and nothing else", () => {
    expect(readPolicy('{"limits": false}')).toEqual({ ...DEFAULT_POLICY, limits: undefined });
  });

  it("changes what it names and leaves the rest", () => {
    const text = JSON.stringify({
      limits: {
        address: { burst: 7 },
        wrongProofs: { perMinute: 30 },
        pending: { account: 5 },
        coolDown: { rejections: 5 },
      },
      enquirers: "registered",
      requestBytes: 1000,
      lookups: { allowPrivate: true },
    });
    expect(readPolicy(text)).toEqual({
      limits: {
        address: { perSecond: 100, burst: 7 },
        kid: { perSecond: 50, burst: 200 },
        wrongProofs: { perSecond: 0.5, burst: 10 },
        pending: { account: 5, unverified: 10, unverifiedSender: 1, verifiedSender: 5 },
        coolDown: { rejections: 5, withinMs: 600_000, firstMs: 600_000, longestMs: 86_400_000 },
      },
      enquirers: "registered",
      messageBytes: 65_536,
      requestBytes: 1000,
      lookups: { allowPrivate: true },
    });
  });

  it.each([
    ["{", /not well-formed/],
    ["[]", /must be an object/],
    ['{"limit": false}', /no setting "limit"; it has limits, enquirers/],
    ['{"limits": true}', /limits must be an object/],
    ['{"limits": {"adress": {}}}', /limits has no setting "adress"; it has address, kid/],
    ['{"limits": {"address": {"perMinute": 1}}}', /limits.address has no setting "perMinute"; it has perSecond, burst/],
    ['{"limits": {"kid": {"burst": -1}}}', /limits.kid.burst must be a number from 0/],
    ['{"limits": {"kid": {"burst": 1.5}}}', /limits.kid.burst must be a whole number/],
    ['{"limits": {"pending": {"account": "many"}}}', /limits.pending.account must be a number/],
    ['{"limits": {"coolDown": {"rejections": 0}}}', /limits.coolDown.rejections must be at least 1/],
    ['{"limits": {"coolDown": {"longestMinutes": 1441}}}', /limits.coolDown.longestMinutes must be a number from 0/],
    ['{"enquirers": "all"}', /enquirers must be one of local, registered, domain, any/],
    ['{"messageBytes": 100000}', /messageBytes must be a number from 0 to 65536/],
    ['{"lookups": {"allowPrivate": "yes"}}', /lookups.allowPrivate must be true or false/],
    ['{"lookups": {"port": 80}}', /lookups has no setting "port"; it has allowPrivate/],
    ['{"limits": false, "limits": {}}', /given twice/],
  ])("%s is refused with a sentence that names the setting", (text, says) => {
    expect(() => readPolicy(text)).toThrow(says);
    expect(() => readPolicy(text)).toThrow(expect.objectContaining({ code: "policy" }));
  });
});
