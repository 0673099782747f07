/** A proof of presence: every part of it altered, one by one; and what an authenticator of Chromium really wrote. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importPresenceKey, jwkOfSpki, type NewResponse, responsePayload } from "../../src/crypto/index.ts";
import type { PresenceAssertion } from "../../src/protocol/index.ts";
import { presenceChallenge, ReceiptError, verifyPresence } from "../../src/receipt/index.ts";
import { rawSignature } from "../../src/crypto/der-signature.ts";
import { type Changes, newAuthenticator } from "../support/authenticator.ts";
import { SOME_TIME } from "../support/fake-clock.ts";
import { newKey, signedRequest } from "../support/signing.ts";

const AUTHENTICATOR = await newAuthenticator();
const OTHER_REQUEST = await signedRequest(await newKey());
const REQUEST = await signedRequest(await newKey());
const bytes = (response: Partial<NewResponse> = {}): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(responsePayload({ signedRequest: REQUEST, value: true, created: SOME_TIME, ...response }));
const CHALLENGE = await presenceChallenge(bytes());

async function verdict(assertion: PresenceAssertion, payload = bytes(), key = AUTHENTICATOR.key): Promise<string> {
  try {
    await verifyPresence(assertion, payload, key);
    return "holds";
  } catch (error) {
    if (error instanceof ReceiptError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const flip = (text: string): string => {
  const raw = Buffer.from(text, "base64url");
  raw[Math.floor(raw.length / 2)] = (raw[Math.floor(raw.length / 2)] ?? 0) ^ 1;
  return raw.toString("base64url");
};

describe("a proof of presence", () => {
  it("holds over the answer that it was made for", async () => {
    expect(await verdict(AUTHENTICATOR.assert(CHALLENGE))).toBe("holds");
  });

  it("holds with more flags, extensions and members than are looked at", async () => {
    const more = { flags: 0b1000_0101, data: (data: Buffer) => Buffer.concat([data, Buffer.from([0xa0])]) };
    const client = { other_keys_can_be_added_here: "do not compare clientDataJSON against a template" };
    expect(await verdict(AUTHENTICATOR.assert(CHALLENGE, { ...more, client }))).toBe("holds");
  });

  it.each<[string, Changes, string]>([
    ["another type", { client: { type: "webauthn.create" } }, "no assertion"],
    ["no type", { client: { type: undefined } }, "no assertion"],
    ["another challenge", { client: { challenge: "A".repeat(43) } }, "another answer"],
    ["the challenge padded", { client: { challenge: `${CHALLENGE}=` } }, "another answer"],
    ["another origin", { client: { origin: "https://ethel.example" } }, "another place"],
    ["no origin", { client: { origin: undefined } }, "another place"],
    ["a frame", { client: { crossOrigin: true } }, "in a frame"],
    ["a page above it", { client: { topOrigin: "https://ethel.example" } }, "in a frame"],
    ["another RP ID", { rpId: "ethel.example" }, "another party"],
    ["nobody present", { flags: 0b100 }, "nobody was there"],
    ["nobody verified", { flags: 0b001 }, "nobody was asked"],
    ["no flag at all", { flags: 0 }, "nobody was there"],
    ["data that is cut off", { data: (data) => data.subarray(0, 36) }, "cut off"],
    ["another credential's name", { credentialId: "AAAA" }, "another credential"],
  ])("does not hold with %s, though its signature fits", async (_, changes, why) => {
    const said = await verdict(AUTHENTICATOR.assert(CHALLENGE, changes));
    expect(said).toMatch(/^presence: /);
    expect(said).toContain(why);
  });

  it.each(["AuthenticatorData", "ClientDataJSON", "Signature"] as const)(
    "does not hold with one bit of %s flipped",
    async (name) => {
      const assertion = AUTHENTICATOR.assert(CHALLENGE);
      expect(await verdict({ ...assertion, [name]: flip(assertion[name]) })).toMatch(/^presence: /);
    },
  );

  it.each<[string, Partial<NewResponse>]>([
    ["a no", { value: false }],
    ["another choice", { choice: "15m" }],
    ["another date", { created: SOME_TIME + 1000 }],
    ["another request", { signedRequest: OTHER_REQUEST }],
  ])("does not hold over another answer: %s", async (_, response) => {
    expect(await verdict(AUTHENTICATOR.assert(CHALLENGE), bytes(response))).toContain("another answer");
  });

  it("does not hold with another account's key, also where that one takes the credential's name", async () => {
    const other = await newAuthenticator();
    expect(await verdict(other.assert(CHALLENGE))).toContain("another credential");
    const { CredentialID } = AUTHENTICATOR.body;
    const named = other.assert(CHALLENGE, { credentialId: CredentialID });
    expect(await verdict(named)).toContain("does not fit");
  });

  it("is refused, and nothing else happens, whatever its members are", async () => {
    const text = fc.oneof(
      fc.base64String({ maxLength: 200 }).map((given) => given.replaceAll(/[+/=]/g, "_")),
      fc.constantFrom(...Object.values(AUTHENTICATOR.assert(CHALLENGE))),
    );
    const CredentialID = fc.constant(AUTHENTICATOR.body.CredentialID);
    const anything = fc.record({ CredentialID, AuthenticatorData: text, ClientDataJSON: text, Signature: text });
    await fc.assert(
      fc.asyncProperty(anything, async (assertion) => {
        expect(await verdict(assertion)).toMatch(/^presence: |^holds$/);
      }),
    );
  });
});

/** From Chromium 156 with its virtual authenticator, by `navigator.credentials.create` and `get` in the settings page. */
const RECORDED = {
  spki: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpP/82Sp880KS8ND4UyQz4VWG7rfHPIa9aW5xYw5VaE2egTar3lU+sp/ouWmpYD20xJnM+X1gQEPpdlU6m1iYFw==",
  assertion: {
    CredentialID: "Sr_wk-HQOWW4YHSxCCTnlREB4i49u4MQSRvRdi-VwZ0",
    AuthenticatorData: "G4TGc0aY2_LYFzFTXHj1wIzu9tTwD1j2LjoP51j4k3QFAAAAAg",
    ClientDataJSON:
      "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQSIsIm9yaWdpbiI6ImNocm9tZS1leHRlbnNpb246Ly9jcGhwcGtqcGFsb2tmaWRlZGVrZHBtZG9rZmRkYWlkZCIsImNyb3NzT3JpZ2luIjpmYWxzZX0",
    Signature: "MEYCIQDzJoFoJ8dSrz5xpRaToR-mweECZlvWOlpfO_95467okwIhALcxqcc8U9NyiMC89FN08GcGiR3Bc75urrccbIOnmhJr",
  },
} as const;

describe("what Chromium wrote", () => {
  it("is signed by the key that it gave, and is for no other challenge than its own", async () => {
    const { assertion, spki } = RECORDED;
    const { RpId, Origin } = AUTHENTICATOR.body;
    const key = await newAuthenticator({ RpId, Origin, CredentialID: assertion.CredentialID });
    const JWK = await jwkOfSpki(new Uint8Array(Buffer.from(spki, "base64")));
    const recorded = await importPresenceKey({ ...key.body, JWK });
    // The challenge was 32 zero bytes, which no payload hashes to: that alone is wrong, and it is looked at before the signature.
    expect(await verdict(assertion, bytes(), recorded)).toContain("another answer");
    const [data, client] = [assertion.AuthenticatorData, assertion.ClientDataJSON].map((part) =>
      Buffer.from(part, "base64url"),
    );
    const hash = await crypto.subtle.digest("SHA-256", new Uint8Array(client ?? []));
    const signed = new Uint8Array(Buffer.concat([data ?? Buffer.of(), Buffer.from(hash)]));
    const signature = rawSignature(Buffer.from(assertion.Signature, "base64url"));
    const ecdsa = { name: "ECDSA", hash: "SHA-256" };
    expect(signature).toBeDefined();
    expect(await crypto.subtle.verify(ecdsa, recorded.key.key, signature ?? new Uint8Array(), signed)).toBe(true);
  });
});

describe("a DER signature", () => {
  const der = (...numbers: readonly (readonly number[])[]): Uint8Array => {
    const body = numbers.flatMap((number) => [0x02, number.length, ...number]);
    return new Uint8Array([0x30, body.length, ...body]);
  };
  const long = [0x7f, ...new Array<number>(31).fill(1)];

  it("is r and s, each of 32 bytes", () => {
    expect(rawSignature(der([1], [0, 0x80]))).toEqual(
      new Uint8Array([...new Array<number>(31).fill(0), 1, ...new Array<number>(31).fill(0), 0x80]),
    );
    expect(rawSignature(der(long, [0, ...long.map(() => 0xff)]))).toHaveLength(64);
  });

  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["a negative number", der([0x80], [1])],
    ["a zero too many", der([0, 1], [1])],
    ["a number without bytes", der([], [1])],
    ["a number that is too long", der([1, ...long], [1])],
    ["one number", der([1])],
    ["three numbers", der([1], [1], [1])],
    ["bytes after it", new Uint8Array([...der([1], [1]), 0])],
    ["a length that is not its own", new Uint8Array([0x30, 7, ...der([1], [1]).slice(2)])],
    ["a number longer than what is there", new Uint8Array([0x30, 6, 2, 1, 1, 2, 2, 1])],
    ["another tag", new Uint8Array([0x31, ...der([1], [1]).slice(1)])],
    ["the long form of a length", new Uint8Array([0x30, 0x81, 6, ...der([1], [1]).slice(2)])],
  ])("is read in one form only: not %s", (_, bytes) => {
    expect(rawSignature(bytes)).toBeUndefined();
  });
});
