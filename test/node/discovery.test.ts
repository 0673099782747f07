/** Which machine serves a domain: its SRV records, believed for the way and for nothing else. */
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { type Dns, newDiscovery, type ServiceRecord } from "../../src/node/index.ts";
import { inOrder } from "../../src/node/discovery.ts";
import { newAuthority } from "../support/certificates.ts";
import { fakeClock, MINUTE } from "../support/fake-clock.ts";
import { freePort } from "../support/system.ts";
import { answerJson, openTlsServer, type TlsServer } from "../support/tls-server.ts";

const AUTHORITY = newAuthority();
const FOR_EXAMPLE = AUTHORITY.issue(["example.com"]);
const ENDPOINT = "https://example.com/.well-known/confirm";
const ACCOUNT = "alice@example.com";

const servers: TlsServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
async function open(certificate = FOR_EXAMPLE): Promise<TlsServer> {
  const server = await openTlsServer(certificate, answerJson({ fine: true }));
  servers.push(server);
  return server;
}
const at = (port: number, priority = 0, weight = 0, name = "127.0.0.1"): ServiceRecord => ({
  name,
  port,
  priority,
  weight,
});

function world(...records: readonly ServiceRecord[]) {
  const asked: string[] = [];
  const dns: Dns = {
    addresses: () => Promise.resolve([]),
    services: (name) => {
      asked.push(name);
      return Promise.resolve(records);
    },
  };
  const clock = fakeClock();
  const discovery = newDiscovery({ dns, clock: clock.read, random: () => 0.5, ca: AUTHORITY.cert });
  return { asked, clock, call: () => discovery.fetchFor(ACCOUNT, ENDPOINT)(ENDPOINT, { method: "POST", body: "{}" }) };
}

describe("a domain with SRV records", () => {
  it("is called where they say, under its own name, and they are kept for five minutes", async () => {
    const server = await open();
    const { asked, clock, call } = world(at(server.port));
    expect((await call()).status).toBe(200);
    clock.pass(4 * MINUTE);
    await call();
    expect(asked).toEqual(["_confirm._tcp.example.com"]);
    clock.pass(2 * MINUTE);
    await call();
    expect(asked).toHaveLength(2);
    expect(server.visits[0]).toMatchObject({ method: "POST", path: "/.well-known/confirm", host: "example.com" });
  });

  it("is not the machine that they name: that one's own certificate does not count", async () => {
    const other = await open(AUTHORITY.issue(["host.provider.example", "127.0.0.1"]));
    await expect(world(at(other.port)).call()).rejects.toThrow();
    expect(other.visits).toEqual([]);
  });

  it("is called at the next target where one is down, by priority", async () => {
    const [first, second] = [await open(), await open()];
    const records = [at(second.port, 20), at(first.port, 10), at(await freePort(), 1)];
    expect((await world(...records).call()).status).toBe(200);
    expect([first.visits.length, second.visits.length]).toEqual([1, 0]);
  });

  it("is tried at four targets at most", async () => {
    const server = await open();
    const dead = await freePort();
    const records = [1, 2, 3, 4].map((priority) => at(dead, priority));
    await expect(world(...records, at(server.port, 5)).call()).rejects.toThrow();
    expect(server.visits).toEqual([]);
  });

  it.each(["", "."])("that name the target %j has no broker", async (name) => {
    await expect(world(at(0, 0, 0, name)).call()).rejects.toThrow("no address of example.com");
  });
});

describe("what is not looked up", () => {
  it("is an address that is not the account's own", () => {
    const { fetchFor } = newDiscovery({ dns: { addresses: never, services: never } });
    for (const endpoint of [
      "https://confirm.example.net/.well-known/confirm",
      "https://example.com:8443/.well-known/confirm",
    ]) {
      expect(fetchFor(ACCOUNT, endpoint)).toBe(globalThis.fetch);
    }
    expect(fetchFor("bob@localhost", "http://127.0.0.1:8787/.well-known/confirm")).toBe(globalThis.fetch);
  });
});

const never = (): Promise<never> => Promise.reject(new Error("It was looked up."));

describe("the order of targets (RFC 2782)", () => {
  const record = fc.record({
    name: fc.constantFrom("a", "b", "c", "d"),
    port: fc.constant(1),
    priority: fc.nat(3),
    weight: fc.nat(3),
  });

  it("has each target once, lower priorities first", () => {
    fc.assert(
      fc.property(
        fc.array(record),
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1 }),
        (given, chances) => {
          let turn = 0;
          const ordered = inOrder(given, () => chances[turn++ % chances.length] ?? 0);
          expect([...ordered].sort(byText)).toEqual([...given].sort(byText));
          const priorities = ordered.map(({ priority }) => priority);
          expect(priorities).toEqual([...priorities].sort((a, b) => a - b));
        },
      ),
    );
  });

  it("is by weight within a priority: a part of all chances as large as its part of the weight", () => {
    const records = [at(1, 0, 1, "light"), at(1, 0, 3, "heavy")];
    const firsts = Array.from({ length: 100 }, (_, step) => inOrder(records, () => (step + 0.5) / 100)[0]?.name);
    expect(firsts.filter((name) => name === "heavy")).toHaveLength(75);
  });
});

function byText(a: ServiceRecord, b: ServiceRecord): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
