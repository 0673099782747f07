/** TBSResponse: the answer that a device signs over the whole signed request. */
import { describe, expect, it } from "vitest";
import {
  newSigningPair,
  openRequest,
  openResponse,
  requestDigest,
  signingKeyOf,
  signRequest,
  signResponse,
} from "../../src/crypto/index.ts";
import { LIMITS } from "../../src/protocol/index.ts";
import { foreignGeneral, foreignKey, foreignVerify, textOf } from "../support/foreign-signer.ts";
import { refusalCode } from "../support/refusal.ts";

const NOW = Date.UTC(2026, 10, 1, 12, 0, 0);
const enquirer = await signingKeyOf(await newSigningPair({ extractable: false }));
const device = await signingKeyOf(await newSigningPair({ extractable: false }));
const foreign = foreignKey();
const header = { alg: "ES256", typ: "confirm-tbs-response+jws", jwk: foreign.jwk };
const signedRequest = await signRequest(enquirer, {
  text: "<srml><h1>Pay</h1></srml>",
  fromId: "alice@example.net",
  toId: "bob@example.com",
  enquirerId: "q-1",
  created: NOW,
  expire: NOW + LIMITS.defaultLifeMs,
});

const open = (members: object, typ: object = header) =>
  openResponse(
    foreignGeneral(foreign, typ, JSON.stringify({ TBSResponse: { SignedRequest: signedRequest, ...members } })),
  );

describe("an answer", () => {
  it.each([true, false])("of %s that is signed here is opened with what was signed", async (value) => {
    const jws = await signResponse(device, { signedRequest, value, choice: "pay", reason: "unknown", created: NOW });
    expect(await openResponse(jws)).toEqual({
      jws,
      signer: expect.objectContaining({ kid: device.kid }) as unknown,
      signedRequest,
      requestDigest: await requestDigest(signedRequest),
      value,
      choice: "pay",
      created: NOW,
      reason: "unknown",
    });
  });

  it("says no choice and no reason where there is none", async () => {
    const jws = await signResponse(device, { signedRequest, value: true, created: NOW });
    expect(JSON.parse(textOf(jws.payload))).toEqual({
      TBSResponse: { SignedRequest: signedRequest, Value: true, Created: "2026-11-01T12:00:00Z" },
    });
    expect(await openResponse(jws)).toMatchObject({ choice: undefined, reason: undefined });
  });

  it("verifies in a second implementation, and one from there verifies here", async () => {
    const jws = await signResponse(device, { signedRequest, value: true, created: NOW });
    const [signature] = jws.signatures;
    if (signature === undefined) throw new Error("There is no signature.");
    expect(foreignVerify(device.jwk, { ...signature, payload: jws.payload })).toBe(true);
    expect(await open({ Value: true })).toMatchObject({ value: true, signer: { kid: foreign.kid } });
  });

  it("carries the request as it was signed: it verifies out of the answer", async () => {
    const { signedRequest: inner } = await openResponse(
      await signResponse(device, { signedRequest, value: true, created: NOW }),
    );
    expect((await openRequest(inner)).signer.kid).toBe(enquirer.kid);
  });

  it.each([
    ["no value", {}, "shape"],
    ["a value that is a word", { Value: "true" }, "shape"],
    ["a value of one", { Value: 1 }, "shape"],
    ["a reason that nobody knows", { Value: false, Reason: "bored" }, "shape"],
    ["a date in another zone", { Value: true, Created: "2026-11-01T12:00:00+01:00" }, "time"],
    [
      "two signatures in its request",
      {
        Value: true,
        SignedRequest: { ...signedRequest, signatures: [...signedRequest.signatures, ...signedRequest.signatures] },
      },
      "shape",
    ],
    ["no signature in its request", { Value: true, SignedRequest: { ...signedRequest, signatures: [] } }, "shape"],
  ])("is refused with %s", async (_, members, code) => {
    expect(await refusalCode(() => open(members))).toBe(code);
  });

  it.each([
    ["Choice", { Choice: "pay" }],
    ["Created", { Created: "2026-11-01T12:00:00Z" }],
    ["Reason", { Reason: "unknown" }],
  ])("with %s must say typ", async (_, members) => {
    const untyped = { alg: "ES256", jwk: foreign.jwk };
    expect(await refusalCode(() => open({ Value: true, ...members }, untyped))).toBe("header");
    expect(await open({ Value: true }, untyped)).toMatchObject({ value: true });
  });

  it("is not a request, and a request is not an answer", async () => {
    const answer = await signResponse(device, { signedRequest, value: true, created: NOW });
    expect(await refusalCode(() => openRequest(answer))).toBe("header");
    expect(await refusalCode(() => openResponse(signedRequest))).toBe("header");
    const untyped = { alg: "ES256", jwk: foreign.jwk };
    const plain = JSON.stringify({ TBSRequest: { Text: "x", FromID: "a@b.example", ToID: "b@c.example" } });
    expect(await refusalCode(() => openResponse(foreignGeneral(foreign, untyped, plain)))).toBe("unknown_tag");
  });
});
