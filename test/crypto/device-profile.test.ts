/** A device's profile: its keys and account, signed by its own key. */
import { describe, expect, it } from "vitest";
import {
  encryptionJwkOf,
  newEncryptionPair,
  newSigningPair,
  openDeviceProfile,
  signDeviceProfile,
  signingKeyOf,
} from "../../src/crypto/index.ts";
import { foreignGeneral, foreignKey } from "../support/foreign-signer.ts";
import { refusalCode } from "../support/refusal.ts";

const NOW = Date.UTC(2026, 10, 1, 12, 0, 0);
const device = await signingKeyOf(await newSigningPair({ extractable: false }));
const encryptionKey = await encryptionJwkOf(await newEncryptionPair({ extractable: false }));
const foreign = foreignKey();
const other = foreignKey();
const header = { alg: "ES256", typ: "confirm-device-profile+jws", jwk: foreign.jwk };
const members = {
  Account: "bob@example.com",
  SigningKey: foreign.jwk,
  EncryptionKey: other.jwk,
  Created: "2026-11-01T12:00:00Z",
};
const open = (change: object, typ: object = header) =>
  openDeviceProfile(foreignGeneral(foreign, typ, JSON.stringify({ DeviceProfile: { ...members, ...change } })));

describe("a device profile", () => {
  it("that is signed here is opened with its keys and its account, the domain in lower case", async () => {
    const jws = await signDeviceProfile(device, { account: "Bob@Example.COM", encryptionKey, created: NOW });
    const profile = await openDeviceProfile(jws);
    expect(profile).toMatchObject({ jws, account: "Bob@example.com", signingKey: { kid: device.kid } });
    expect(profile.encryptionKey.jwk).toEqual(encryptionKey);
  });

  it("that is signed elsewhere is opened", async () => {
    expect(await open({})).toMatchObject({ signingKey: { kid: foreign.kid }, encryptionKey: { kid: other.kid } });
  });

  it.each([
    ["another's signing key", { SigningKey: other.jwk }, "kid"],
    ["the key that signs as its encryption key", { EncryptionKey: foreign.jwk }, "key"],
    ["an encryption key on another curve", { EncryptionKey: foreignKey("P-384").jwk }, "key"],
    ["an encryption key off the curve", { EncryptionKey: { ...other.jwk, y: foreign.jwk.y } }, "key"],
    ["a signing key off the curve", { SigningKey: { ...foreign.jwk, y: other.jwk.y } }, "key"],
    ["an encryption key of RSA", { EncryptionKey: { kty: "RSA", n: "AQAB", e: "AQAB" } }, "key"],
    ["a private encryption key", { EncryptionKey: { ...other.jwk, d: other.jwk.x } }, "shape"],
    ["no encryption key", { EncryptionKey: undefined }, "shape"],
    ["no account", { Account: undefined }, "shape"],
    ["an account that is none", { Account: "bob" }, "account"],
  ])("is refused with %s", async (_, change, code) => {
    expect(await refusalCode(() => open(change))).toBe(code);
  });

  it("is refused without typ, or with another", async () => {
    expect(await refusalCode(() => open({}, { alg: "ES256", jwk: foreign.jwk }))).toBe("header");
    expect(await refusalCode(() => open({}, { ...header, typ: "confirm-tbs-request+jws" }))).toBe("header");
  });

  it("is refused where its signature carries no key", async () => {
    expect(await refusalCode(() => open({}, { alg: "ES256", typ: header.typ }))).toBe("key_unknown");
  });
});
