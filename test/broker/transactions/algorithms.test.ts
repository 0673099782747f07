/** Requests by every algorithm, as a broker takes them: ES512 from who is registered, RSA by one algorithm for each key. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { importPublicKey } from "../../../src/crypto/index.ts";
import { DEFAULT_POLICY } from "../../../src/broker/index.ts";
import { sendHttp, startTestBroker, type TestBroker } from "../../support/broker.ts";
import { SOME_TIME } from "../../support/fake-clock.ts";
import { type AnyForeignKey, flatBy, foreignKeyFor, foreignRsa, generalBy } from "../../support/foreign-algorithms.ts";
import { ALICE, PLAIN_REQUEST } from "../../support/signing.ts";

let folder: string;
let broker: TestBroker;
const start = async (): Promise<void> => {
  const policy = { ...DEFAULT_POLICY, limits: undefined };
  broker = await startTestBroker({ clock: () => SOME_TIME, domains: ["example.com"], folder, policy });
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "confirm-broker-"));
  await start();
  await broker.connect(ALICE);
});
afterEach(async () => {
  await broker.stop();
  await rm(folder, { recursive: true });
});

let asked = 0;

/** Posts a new request signed by `alg`, with the key in it unless it is told otherwise. */
function post(alg: string, key: AnyForeignKey, more: object = { jwk: key.jwk }) {
  asked += 1;
  const header = { alg, typ: "confirm-tbs-request+jws", ...more };
  const payload = JSON.stringify({ TBSRequest: { ...PLAIN_REQUEST, EnquirerID: `question-${asked}` } });
  const request = generalBy(alg, key, header, payload);
  return broker.plain({ EnquireRequest: { Request: { Request: request, ResponderAccount: ALICE } } });
}

describe("a broker", () => {
  it("takes a request by each algorithm that is read", async () => {
    for (const alg of ["ES256", "ES384", "EdDSA", "Ed25519"]) {
      expect({ alg, status: (await post(alg, foreignKeyFor(alg))).status }).toEqual({ alg, status: 201 });
    }
  });

  it("takes ES512 from a registered enquirer only, key in the request or not", async () => {
    const key = foreignKeyFor("ES512");
    expect((await post("ES512", key)).status).toBe(400);
    expect((await post("ES512", key)).sentence).toMatch(/registered/);
    const { kid, jwk } = await importPublicKey({ kty: "EC", ...key.jwk });
    await broker.store.addEnquirer({ kid, jwk, name: "the bank", now: SOME_TIME });
    expect((await post("ES512", key)).status).toBe(201);
    expect((await post("ES512", key, {})).status).toBe(201);
    expect((await post("ES512", foreignKeyFor("ES512"))).status).toBe(400);
  });
});

describe("an RSA key", () => {
  it("keeps the algorithm that it was first seen with, over a restart of the broker too", async () => {
    const key = foreignRsa();
    expect((await post("PS256", key)).status).toBe(201);
    for (const other of ["RS256", "RS512", "PS512"]) {
      const refused = await post(other, key);
      expect(refused.status).toBe(400);
      expect(refused.sentence).toMatch(/another algorithm/);
    }
    await broker.stop();
    await start();
    expect((await post("RS256", key)).status).toBe(400);
    expect((await post("PS256", key)).status).toBe(201);
  });

  it("keeps it for calls as well", async () => {
    const key = foreignRsa();
    const call = async (alg: string) => {
      const header = {
        ...{ alg, typ: "confirm-request+jws", kid: key.kid, jwk: key.jwk, url: broker.endpoint },
        ...{ iat: SOME_TIME / 1000, jti: Buffer.from(`${alg} ${"x".repeat(20)}`).toString("base64url") },
      };
      const body = JSON.stringify(flatBy(alg, key, header, JSON.stringify({ ProfileRequest: { Account: ALICE } })));
      const { json } = await sendHttp(broker.endpoint, { headers: { "content-type": "application/jose+json" }, body });
      return typeof json["payload"] === "string" ? Buffer.from(json["payload"], "base64url").toString() : "";
    };
    expect(await call("RS256")).toContain('"ProfileResponse"');
    expect((await post("PS512", key)).status).toBe(201);
    const refused = await call("RS512");
    expect(refused).toContain("401");
    expect(refused).toContain("another algorithm");
    expect(await call("PS512")).toContain('"ProfileResponse"');
  });

  it("is not remembered for a request that was refused", async () => {
    const key = foreignRsa();
    const payload = JSON.stringify({ TBSRequest: { ...PLAIN_REQUEST, Text: "no markup" } });
    const request = generalBy("RS256", key, { alg: "RS256", typ: "confirm-tbs-request+jws", jwk: key.jwk }, payload);
    const bad = { EnquireRequest: { Request: { Request: request, ResponderAccount: ALICE } } };
    expect((await broker.plain(bad)).status).toBe(400);
    expect(await broker.store.heldKey(key.kid)).toBeUndefined();
    expect((await post("PS512", key)).status).toBe(201);
    expect(await broker.store.heldKey(key.kid)).toMatchObject({ kty: "RSA", alg: "PS512" });
  });
});
