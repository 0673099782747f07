/** Binding a device by a code: the service proves that it knows the code for its own key, or nothing is kept. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ClientError, connectDevice } from "../../src/client/index.ts";
import type { CallOptions, Connected } from "../../src/client/index.ts";
import {
  deviceProofParts,
  newConnectCode,
  openCall,
  openDeviceProfile,
  proveCode,
  readCall,
  serviceProofParts,
  verifyCodeProof,
} from "../../src/crypto/index.ts";
import type { SigningKey } from "../../src/crypto/index.ts";
import { type JsonObject, scanJson } from "../../src/protocol/index.ts";
import { MINUTE } from "../support/fake-clock.ts";
import { ALICE, newKey, profileOf } from "../support/signing.ts";
import { answering, type Behaviour, openWire, sendJson, signedAnswer, type Wire } from "../support/wire.ts";

const DEVICE = await newKey();
const SERVICE = await newKey();
const ATTACKER = await newKey();
const CODE = newConnectCode();
const PROFILE = await profileOf(DEVICE);

let wire: Wire;
beforeEach(async () => {
  wire = await openWire();
});
afterEach(() => wire.close());

function connect(more: Partial<CallOptions> = {}): Promise<Connected> {
  return connectDevice(
    { account: ALICE, code: CODE, deviceName: "Alice's laptop", key: DEVICE, profile: PROFILE },
    { endpoint: wire.endpoint, fetch: globalThis.fetch, clock: Date.now, timeoutMs: 15_000, ...more },
  );
}

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof ClientError) return error.code;
    throw error;
  }
  return "connected";
}

const proofBy = (service: SigningKey, code = CODE, account = ALICE, device = DEVICE): Promise<string> =>
  proveCode(code, serviceProofParts(account, service.kid, device.kid));

/** What an honest broker says. */
async function yes(service = SERVICE): Promise<JsonObject> {
  return { Status: 201, ServiceKey: { ...service.jwk }, Proof: await proofBy(service), State: "active" };
}

const saying = async (body: object, signer = SERVICE): Promise<Behaviour> =>
  answering(signer, { ConnectResponse: body });

describe("connecting", () => {
  it("brings the service key that proved itself by the code", async () => {
    wire.behaviour = await saying(await yes());
    const connected = await connect();
    expect(connected).toMatchObject({ ok: true, state: "active" });
    expect(connected.ok && connected.service.kid).toBe(SERVICE.kid);
  });

  it("proves to the broker that the device knows the code, which does not travel", async () => {
    wire.behaviour = await saying(await yes());
    await connect();
    const body = wire.arrived[0]?.body ?? "";
    const { payload, caller } = await openCall(await readCall(body), { urls: [wire.endpoint], now: Date.now() });
    expect(caller.kid).toBe(DEVICE.kid);
    const text = new TextDecoder().decode(payload);
    expect(text).not.toContain(CODE);
    const { ConnectRequest } = scanJson(text, 1 << 16) as {
      readonly ConnectRequest: { readonly Proof: string; readonly Account: string; readonly DeviceName: string };
    };
    expect(ConnectRequest).toMatchObject({ Account: ALICE, DeviceName: "Alice's laptop", DeviceProfile: PROFILE });
    expect(await verifyCodeProof(CODE, deviceProofParts(ALICE, DEVICE.kid), ConnectRequest.Proof)).toBe(true);
    expect((await openDeviceProfile(PROFILE)).signingKey.kid).toBe(DEVICE.kid);
  });

  it("says that the device waits for another one's consent, where it does", async () => {
    wire.behaviour = await saying({ ...(await yes()), State: "pending" });
    expect(await connect()).toMatchObject({ ok: true, state: "pending" });
  });
});

describe("a service that does not prove itself is not connected to", () => {
  it("without a proof", async () => {
    const { Proof: _, ...unproved } = await yes();
    wire.behaviour = await saying(unproved);
    expect(await codeOf(connect())).toBe("not_signed");
  });

  it.each<[string, () => Promise<string>]>([
    ["of another code", () => proofBy(SERVICE, newConnectCode())],
    ["for another account", () => proofBy(SERVICE, CODE, "bob@example.com")],
    ["for another device", () => proofBy(SERVICE, CODE, ALICE, ATTACKER)],
    ["for another service key", () => proofBy(ATTACKER)],
    ["that is the device's own, sent back", () => proveCode(CODE, deviceProofParts(ALICE, DEVICE.kid))],
    ["of zeros", () => Promise.resolve("A".repeat(43))],
    ["that is not canonical base64url", async () => `${(await proofBy(SERVICE)).slice(0, -1)}B`],
  ])("with a proof %s", async (_, proof) => {
    wire.behaviour = await saying({ ...(await yes()), Proof: await proof() });
    expect(await codeOf(connect())).toBe("not_signed");
  });

  it("with its key swapped for another's in the body, which then signed the answer", async () => {
    wire.behaviour = await saying({ ...(await yes()), ServiceKey: { ...ATTACKER.jwk } }, ATTACKER);
    expect(await codeOf(connect())).toBe("not_signed");
  });

  it("with its key swapped, and the answer still signed by the honest one", async () => {
    wire.behaviour = await saying({ ...(await yes()), ServiceKey: { ...ATTACKER.jwk } });
    expect(await codeOf(connect())).toBe("wrong_key");
  });

  it("with the honest key in the body, and the answer signed by another", async () => {
    wire.behaviour = await saying(await yes(), ATTACKER);
    expect(await codeOf(connect())).toBe("wrong_key");
  });

  it("with an answer that is not signed", async () => {
    const body = { ConnectResponse: await yes() };
    wire.behaviour = (_, response) => sendJson(response, body);
    expect(await codeOf(connect())).toBe("not_signed");
  });

  it("with the answer to an earlier attempt", async () => {
    let first: string | undefined;
    const body = { ConnectResponse: await yes() };
    wire.behaviour = async (call, response) => {
      first ??= await signedAnswer(SERVICE, call, body);
      sendJson(response, first);
    };
    expect(await codeOf(connect())).toBe("connected");
    expect(await codeOf(connect())).toBe("not_signed");
  });

  it("with a success that names no key", async () => {
    wire.behaviour = await saying({ Status: 201 });
    expect(await codeOf(connect())).toBe("not_signed");
    wire.behaviour = (_, response) => sendJson(response, { ConfirmResponse: { Status: 201 } });
    expect(await codeOf(connect())).toBe("not_signed");
  });

  it.each([
    ["of another kind", { kty: "OKP", crv: "Ed25519", x: "A".repeat(43) }],
    ["that is not on its curve", { ...SERVICE.jwk, y: "A".repeat(43) }],
    ["with its private half", { ...SERVICE.jwk, d: "A".repeat(43) }],
  ])("with a key %s", async (_, ServiceKey) => {
    wire.behaviour = await saying({ ...(await yes()), ServiceKey });
    expect(await codeOf(connect())).toBe("malformed");
  });

  it.each([
    ["no JSON", "<html>"],
    ["nothing", ""],
    ["a list", "[]"],
    ["a JWS without a payload that is JSON", { protected: "e30", payload: "AA", signature: "AA" }],
    ["a JWS whose header is not JSON", { protected: "AA", payload: "e30", signature: "AA" }],
  ])("with %s", async (_, body) => {
    wire.behaviour = (__, response) => sendJson(response, body);
    expect(await codeOf(connect())).toBe("malformed");
  });
});

describe("a refusal", () => {
  it("is reported with its status, signed or not, and is proved by nothing: no key comes of it", async () => {
    const refusal = { ConfirmResponse: { Status: 404, StatusDescription: "No such account." } };
    wire.behaviour = (_, response) => sendJson(response, refusal, 200);
    expect(await connect()).toEqual({ ok: false, outcome: refusal.ConfirmResponse });
    wire.behaviour = answering(ATTACKER, refusal);
    expect(await connect()).toEqual({ ok: false, outcome: refusal.ConfirmResponse });
  });

  it("that brings a key and a proof is a refusal all the same", async () => {
    wire.behaviour = await saying({ ...(await yes()), Status: 401 });
    expect(await connect()).toMatchObject({ ok: false, outcome: { Status: 401 } });
  });

  it("of a clock that is off says so, instead of blaming the code", async () => {
    wire.behaviour = answering(SERVICE, { ConfirmResponse: { Status: 401 } });
    const fast = connect({ clock: () => Date.now() + 10 * MINUTE });
    await expect(fast).rejects.toMatchObject({ code: "clock", aheadSeconds: expect.closeTo(600, -1) as number });
  });

  it("of a code that is wrong does not blame the clock", async () => {
    wire.behaviour = answering(SERVICE, { ConfirmResponse: { Status: 401 } });
    expect(await connect()).toEqual({ ok: false, outcome: { Status: 401 } });
  });
});
