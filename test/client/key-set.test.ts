/** What a domain publishes: which addresses it has for that, what is read, how it is fetched. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fetchKeySet, isPublished, keySetUrl, readKeySet } from "../../src/client/index.ts";
import type { SigningKey } from "../../src/crypto/index.ts";
import { openWire, sendJson, type Wire } from "../support/wire.ts";
import { newKey } from "../support/signing.ts";

let bank: SigningKey;
beforeAll(async () => {
  bank = await newKey();
});

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const setOf = (...keys: readonly object[]): Uint8Array => bytes({ keys });

describe("the address of a key set", () => {
  it("is under the domain, by https", () => {
    expect(keySetUrl("ethel.example")).toBe("https://ethel.example/.well-known/confirm/keys.json");
  });

  it.each([
    "localhost",
    "bank",
    "127.0.0.1",
    "10.0.0.0x7f",
    "bank.localhost",
    "printer.local",
    "host.invalid",
    "hidden.onion",
    "Ethel.example",
    "ethel.example.",
    "ethel.example/x",
    "user@ethel.example",
    "",
  ])("is none for %j", (domain) => {
    expect(keySetUrl(domain)).toBeUndefined();
  });
});

describe("a key set", () => {
  it("lets a key ask for the accounts that it lists, and * for all", async () => {
    const set = await readKeySet(setOf({ ...bank.jwk, confirm_accounts: ["payments", "Alerts"] }));
    const asks = (fromId: string, kid = bank.kid) => isPublished(set, fromId, kid);
    expect(["payments", "Alerts", "alerts", "payments.x"].map((local) => asks(`${local}@ethel.example`))).toEqual([
      ...[true, true, false, false],
    ]);
    expect(asks("payments@ethel.example", (await newKey()).kid)).toBe(false);
    const all = await readKeySet(setOf({ ...bank.jwk, confirm_accounts: ["*"] }));
    expect(isPublished(all, "anything@ethel.example", bank.kid)).toBe(true);
  });

  it("knows a key by its fingerprint, not by the kid that is written in it", async () => {
    const other = await newKey();
    const set = await readKeySet(setOf({ ...other.jwk, kid: bank.kid, confirm_accounts: ["*"] }));
    expect(isPublished(set, "payments@ethel.example", bank.kid)).toBe(false);
    expect(isPublished(set, "payments@ethel.example", other.kid)).toBe(true);
  });

  it("may hold keys for other purposes, of other kinds, and members that nobody knows", async () => {
    const mine = { ...bank.jwk, confirm_accounts: ["*"], use: "sig", more: 1 };
    const others = [{ kty: "oct-ish", confirm_accounts: ["*"] }, { ...bank.jwk }];
    const unused = { ...(await newKey()).jwk, use: "enc", confirm_accounts: ["*"] };
    const set = await readKeySet(setOf(...others, unused, mine));
    expect(set).toEqual([{ kid: bank.kid, accounts: ["*"] }]);
  });

  it.each([
    ["no JSON", new TextEncoder().encode("<html>")],
    ["no list of keys", bytes({ keys: {} })],
    ["a key that is none", setOf([])],
    ["a private key", setOf({ kty: "EC", crv: "P-256", x: "x", y: "y", d: "d", confirm_accounts: ["*"] })],
    ["a symmetric key", setOf({ kty: "oct", k: "secret", confirm_accounts: ["*"] })],
    ["accounts that are no list", setOf({ kty: "EC", confirm_accounts: "*" })],
    ["accounts that are no texts", setOf({ kty: "EC", confirm_accounts: [1] })],
    ["two members of one name", new TextEncoder().encode('{"keys":[],"keys":[]}')],
    ["too many keys", setOf(...Array.from({ length: 33 }, () => ({ kty: "EC" })))],
    ["too many accounts", setOf({ kty: "EC", confirm_accounts: Array.from({ length: 201 }, () => "a") })],
  ])("is refused whole: %s", async (_name, content) => {
    await expect(readKeySet(content)).rejects.toMatchObject({ code: "malformed" });
  });
});

describe("fetching a key set", () => {
  let wire: Wire;
  beforeEach(async () => {
    wire = await openWire();
    return () => wire.close();
  });
  const get = (timeoutMs?: number) =>
    fetchKeySet(`${new URL(wire.endpoint).origin}/keys.json`, {
      fetch,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });

  it("asks once, with nothing that says who asks", async () => {
    wire.behaviour = (_call, response) => sendJson(response, { keys: [{ ...bank.jwk, confirm_accounts: ["*"] }] });
    expect(await get()).toHaveLength(1);
    expect(wire.arrived.map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /keys.json"]);
    const { cookie, authorization, referer } = wire.arrived[0]?.headers ?? {};
    expect([cookie, authorization, referer]).toEqual([undefined, undefined, undefined]);
  });

  it.each([404, 410])("takes HTTP's %i for a domain that publishes nothing", async (status) => {
    wire.behaviour = (_call, response) => sendJson(response, "<h1>no</h1>", status);
    expect(await get()).toEqual([]);
  });

  it("follows no redirect", async () => {
    wire.behaviour = (call, response) => {
      if (call.path === "/keys.json") response.writeHead(302, { location: "/other.json" }).end();
      else sendJson(response, { keys: [] });
    };
    await expect(get()).rejects.toMatchObject({ code: "unreachable" });
    expect(wire.arrived).toHaveLength(1);
  });

  it("stops at 64 KiB", async () => {
    wire.behaviour = (_call, response) => {
      response.write("[".repeat(1 << 17));
    };
    await expect(get()).rejects.toMatchObject({ code: "malformed" });
  });

  it("does not wait for ever", async () => {
    wire.behaviour = (_call, response) => void response.write("{");
    await expect(get(200)).rejects.toMatchObject({ code: "timeout" });
  });

  it("says of any other status that the domain cannot be asked", async () => {
    wire.behaviour = (_call, response) => sendJson(response, { keys: [] }, 503);
    await expect(get()).rejects.toMatchObject({ code: "unreachable" });
  });
});
