/** Enquirers that a broker knows by their domain: what is looked up, what it costs, and what then may be asked. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../../src/broker/index.ts";
import { publishedKeys, type PublishedKeys } from "../../../src/broker/lookups/published-keys.ts";
import type { SigningKey } from "../../../src/crypto/index.ts";
import type { Dns } from "../../../src/node/index.ts";
import { startTestBroker, type TestBroker } from "../../support/broker.ts";
import { newAuthority } from "../../support/certificates.ts";
import { type FakeClock, fakeClock, MINUTE } from "../../support/fake-clock.ts";
import { newKey, signedRequest } from "../../support/signing.ts";
import { answerJson, openTlsServer, type TlsServer } from "../../support/tls-server.ts";

const AUTHORITY = newAuthority();
const DOMAINS = ["ethel.example", ...Array.from({ length: 20 }, (_, at) => `bank${at}.example`)];
const CERTIFICATE = AUTHORITY.issue(DOMAINS);
const FROM = "payments@ethel.example";

let server: TlsServer;
let bank: SigningKey;
let clock: FakeClock;
/** The hosts that were asked for. */
let asked: string[];
const dns: Dns = {
  addresses: (host) => {
    asked.push(host);
    return Promise.resolve(["127.0.0.1"]);
  },
  services: () => Promise.resolve([]),
};
const publish = (key: SigningKey): void => {
  server.behaviour = answerJson({ keys: [{ ...key.jwk, confirm_accounts: ["payments"] }] });
};
const looker = (more: Partial<Parameters<typeof publishedKeys>[0]> = {}): PublishedKeys =>
  publishedKeys({ dns, allowPrivate: true, clock: clock.read, port: server.port, ca: AUTHORITY.cert, ...more });

beforeEach(async () => {
  server = await openTlsServer(CERTIFICATE);
  bank = await newKey();
  clock = fakeClock();
  asked = [];
});
afterEach(() => server.close());

describe("looking a sender's domain up", () => {
  it("asks the domain once, and remembers a key that it publishes for ten minutes", async () => {
    publish(bank);
    const keys = looker();
    const has = () => keys.has(FROM, bank.kid, "192.0.2.1");
    expect(await Promise.all([has(), has(), has()])).toEqual([true, true, true]);
    clock.pass(9 * MINUTE);
    expect(await has()).toBe(true);
    expect(server.visits).toHaveLength(1);
    clock.pass(2 * MINUTE);
    publish(await newKey());
    expect(await has()).toBe(false);
  });

  it("remembers for a minute that a key is not there, or a domain cannot be asked", async () => {
    server.behaviour = answerJson("no", 500);
    const keys = looker();
    const has = () => keys.has(FROM, bank.kid, "192.0.2.1");
    expect([await has(), await has()]).toEqual([false, false]);
    expect(server.visits).toHaveLength(1);
    publish(bank);
    clock.pass(MINUTE);
    expect(await has()).toBe(true);
  });

  it("does not connect to a private address", async () => {
    publish(bank);
    expect(await looker({ allowPrivate: false }).has(FROM, bank.kid, "192.0.2.1")).toBe(false);
    expect(asked).toEqual(["ethel.example"]);
    expect(server.visits).toEqual([]);
  });

  it("asks nobody about a name that has no public place", async () => {
    for (const fromId of ["bob@localhost", "bob@10.0.0.1", "root@host.invalid"]) {
      expect(await looker().has(fromId, bank.kid, "192.0.2.1")).toBe(false);
    }
    expect(asked).toEqual([]);
  });

  it("does so for one caller only so often, 429, whatever else is known", async () => {
    publish(bank);
    const keys = looker();
    for (const domain of DOMAINS.slice(0, 10)) await keys.has(`payments@${domain}`, bank.kid, "192.0.2.1");
    await expect(keys.has("payments@bank19.example", bank.kid, "192.0.2.1")).rejects.toMatchObject({
      code: "too_many",
    });
    expect(await keys.has(FROM, bank.kid, "192.0.2.1")).toBe(true);
    expect(await keys.has("payments@bank19.example", bank.kid, "192.0.2.2")).toBe(true);
  });

  it("does only so many at once, 503", async () => {
    const keys = looker();
    const waiting = DOMAINS.slice(0, 16).map((domain, at) => keys.has(`x@${domain}`, bank.kid, `192.0.2.${at}`));
    await expect(keys.has("x@bank19.example", bank.kid, "192.0.2.99")).rejects.toMatchObject({ code: "unavailable" });
    const settled = Promise.allSettled(waiting);
    await server.close();
    await settled;
    server = await openTlsServer(CERTIFICATE);
  });
});

describe("a broker that takes requests of enquirers with a domain", () => {
  let broker: TestBroker;
  const ALICE = "alice@localhost";
  beforeEach(async () => {
    broker = await startTestBroker({
      policy: { ...DEFAULT_POLICY, enquirers: "domain", lookups: { allowPrivate: true } },
      lookups: { dns, port: server.port, ca: AUTHORITY.cert },
    });
    await broker.connect(ALICE);
  });
  afterEach(() => broker.stop());
  const post = async (key: SigningKey, fromId = FROM) => {
    const Request = await signedRequest(key, { fromId, toId: ALICE, created: Date.now() });
    return broker.signed(key, { EnquireRequest: { Request: { Request, ResponderAccount: ALICE } } });
  };
  it("takes what the published key signed, and counts it as a verified sender's", async () => {
    publish(bank);
    for (let at = 0; at < 5; at++) expect((await post(bank)).status).toBe(201);
    expect(await post(bank)).toMatchObject({ status: 429, sentence: expect.stringContaining("this sender") as string });
    expect(server.visits).toHaveLength(1);
  });

  it("refuses another key, another account of the domain, and who has no domain, with 403", async () => {
    publish(bank);
    for (const [key, fromId] of [
      [await newKey(), FROM],
      [bank, "alerts@ethel.example"],
      [bank, "root@host.invalid"],
    ] as const) {
      const { status, sentence } = await post(key, fromId);
      expect({ status, sentence }).toEqual({
        status: 403,
        sentence: "This broker takes requests only from enquirers whose domain publishes their key.",
      });
    }
  });
});
