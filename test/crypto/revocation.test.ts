/** A device's revocation: what is signed, and what is refused as one. */
import { describe, expect, it } from "vitest";
import { openRevocation, signRevocation } from "../../src/crypto/index.ts";
import { foreignGeneral, foreignKey } from "../support/foreign-signer.ts";
import { refusalCode } from "../support/refusal.ts";
import { flippedPayload, newKey } from "../support/signing.ts";

const NOW = Date.UTC(2026, 10, 1, 12, 0, 0);
const key = await newKey();
const peer = foreignKey();
const header = { alg: "ES256", typ: "confirm-device-revocation+jws", jwk: peer.jwk };
const members = { Account: "bob@Example.com", Kid: key.kid, Created: "2026-11-01T12:00:00Z" };
const open = (change: object, head: object = header) =>
  openRevocation(foreignGeneral(peer, head, JSON.stringify({ DeviceRevocation: { ...members, ...change } })));

describe("a revocation", () => {
  it("says which device of which account, since when, by whom", async () => {
    const jws = await signRevocation(key, { account: "bob@example.com", kid: peer.kid, created: NOW });
    expect(await openRevocation(jws)).toMatchObject({
      account: "bob@example.com",
      kid: peer.kid,
      created: NOW,
      signer: { kid: key.kid },
    });
  });

  it("that is signed elsewhere is opened, its domain in lower case", async () => {
    expect(await open({})).toMatchObject({ account: "bob@example.com", kid: key.kid, created: NOW });
  });

  it.each([
    ["no device", { Kid: undefined }, "shape"],
    ["no date", { Created: undefined }, "shape"],
    ["an account that is none", { Account: "bob" }, "account"],
  ])("is refused with %s", async (_, change, code) => {
    expect(await refusalCode(() => open(change))).toBe(code);
  });

  it("is refused without typ, with another, or changed", async () => {
    expect(await refusalCode(() => open({}, { alg: "ES256", jwk: peer.jwk }))).toBe("header");
    expect(await refusalCode(() => open({}, { ...header, typ: "confirm-device-profile+jws" }))).toBe("header");
    const jws = await signRevocation(key, { account: "bob@example.com", kid: peer.kid, created: NOW });
    expect(await refusalCode(() => openRevocation(flippedPayload(jws)))).toBe("signature");
  });
});
