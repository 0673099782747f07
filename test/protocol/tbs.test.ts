/** The signed payloads: TBSRequest, TBSResponse, DeviceProfile. */
import { describe, expect, it } from "vitest";
import {
  DeviceProfile,
  type JsonValue,
  OUR_REQUEST_MEMBERS,
  OUR_RESPONSE_MEMBERS,
  TBSRequest,
  TBSResponse,
} from "../../src/protocol/index.ts";
import { refusalCode } from "../support/refusal.ts";

const jws = { payload: "e30", signatures: [{ protected: "e30", signature: "AA" }] };
const jwk = { kty: "EC", crv: "P-256", x: "AA", y: "AA" };
const plain = { Text: "<srml><h1>Pay</h1></srml>", FromID: "alice@example.net", ToID: "bob@example.com" };

/** Every member that we add, with a value that is read. */
const ours: Readonly<Record<(typeof OUR_REQUEST_MEMBERS)[number], JsonValue>> = {
  EnquirerID: "a".repeat(64),
  Created: "2026-11-01T00:00:00Z",
  Expire: "2026-11-01T00:05:00Z",
  ReplyKey: jwk,
  Match: "A".repeat(43),
  Presence: true,
  Endorse: jws,
};

describe("a TBSRequest", () => {
  it("is that of the draft, with or without each member that we add", () => {
    expect(TBSRequest.read({ TBSRequest: plain }, "payload")).toEqual(plain);
    expect(TBSRequest.read({ TBSRequest: { ...plain, ...ours } }, "payload")).toEqual({ ...plain, ...ours });
  });

  it.each<[string, JsonValue, string]>([
    ["no text", { FromID: plain.FromID, ToID: plain.ToID }, "shape"],
    ["an empty text", { ...plain, Text: "" }, "shape"],
    ["a text without measure", { ...plain, Text: "x".repeat(16_385) }, "shape"],
    ["a sender that is no account", { ...plain, FromID: "alice" }, "account"],
    ["a sender with a letter that lower-cases into ASCII", { ...plain, FromID: "pay@ban\u212a.example" }, "account"],
    ["no addressee", { Text: plain.Text, FromID: plain.FromID }, "shape"],
    ["an empty EnquirerID", { ...plain, EnquirerID: "" }, "shape"],
    ["an EnquirerID of 65 characters", { ...plain, EnquirerID: "a".repeat(65) }, "shape"],
    ["a date that does not exist", { ...plain, Created: "2026-02-31T00:00:00Z" }, "time"],
    ["a private ReplyKey", { ...plain, ReplyKey: { ...jwk, d: "AA" } }, "shape"],
    ["a match of another length", { ...plain, Match: "AA" }, "shape"],
    ["a presence that is a word", { ...plain, Presence: "true" }, "shape"],
    [
      "an endorsement with two signatures",
      { ...plain, Endorse: { ...jws, signatures: [...jws.signatures, ...jws.signatures] } },
      "shape",
    ],
  ])("is refused with %s", async (_, body, code) => {
    expect(await refusalCode(() => TBSRequest.read({ TBSRequest: body }, "payload"))).toBe(code);
  });

  it("names as ours exactly what the draft does not have", () => {
    const known = Object.keys(TBSRequest.read({ TBSRequest: { ...plain, ...ours } }, "payload"));
    expect(known.sort()).toEqual([...Object.keys(plain), ...OUR_REQUEST_MEMBERS].sort());
  });
});

describe("a TBSResponse", () => {
  const answer = { SignedRequest: jws, Value: true };

  it("is that of the draft, with or without what we add", () => {
    expect(TBSResponse.read({ TBSResponse: answer }, "payload")).toEqual(answer);
    const whole = { ...answer, Choice: "pay", Created: "2026-11-01T00:00:00Z", Reason: "unknown" };
    expect(TBSResponse.read({ TBSResponse: whole }, "payload")).toEqual(whole);
    expect(Object.keys(whole).slice(2)).toEqual([...OUR_RESPONSE_MEMBERS]);
  });

  it.each<[string, JsonValue]>([
    ["no value: silence is no yes", { SignedRequest: jws }],
    ["a value that is a word", { ...answer, Value: "true" }],
    ["a value that is a number", { ...answer, Value: 1 }],
    ["no request", { Value: true }],
    ["an unknown reason", { ...answer, Reason: "bored" }],
    ["an empty choice", { ...answer, Choice: "" }],
  ])("is refused with %s", async (_, body) => {
    expect(await refusalCode(() => TBSResponse.read({ TBSResponse: body }, "payload"))).toBe("shape");
  });
});

describe("a DeviceProfile", () => {
  const profile = { Account: "bob@example.com", SigningKey: jwk, EncryptionKey: jwk, Created: "2026-11-01T00:00:00Z" };

  it.each(["Account", "SigningKey", "EncryptionKey", "Created"])("must have %s", async (name) => {
    expect(DeviceProfile.read({ DeviceProfile: profile }, "payload")).toEqual(profile);
    const lacking = Object.fromEntries(Object.entries(profile).filter(([member]) => member !== name));
    expect(await refusalCode(() => DeviceProfile.read({ DeviceProfile: lacking }, "payload"))).toBe("shape");
  });
});
