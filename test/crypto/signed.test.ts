/**
 * Signed objects (TBSRequest stands for all of them): each way in which one can be wrong is refused with its code. All
 * are signed outside `src`, correctly but for the one fault, so that nothing but that fault is refused.
 */
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { importPublicKey, openRequest } from "../../src/crypto/index.ts";
import { base64url, foreignFlat, foreignGeneral, foreignKey, type General, textOf } from "../support/foreign-signer.ts";
import { refusalCode } from "../support/refusal.ts";

const TYP = "confirm-tbs-request+jws";
const key = foreignKey();
const stranger = foreignKey();
const header = { alg: "ES256", typ: TYP, jwk: key.jwk };
const body = { Text: "<srml><h1>Pay</h1></srml>", FromID: "alice@example.net", ToID: "bob@example.com" };
const payload = JSON.stringify({ TBSRequest: body });
const good = foreignGeneral(key, header, payload);

/** The object with its one signature changed. */
function withSignature(jws: General, change: { readonly protected?: string; readonly signature?: string }): General {
  const [signature] = jws.signatures;
  if (signature === undefined) throw new Error("There is no signature.");
  return { ...jws, signatures: [{ ...signature, ...change }] };
}

const only = (jws: General) => {
  const [signature] = jws.signatures;
  if (signature === undefined) throw new Error("There is no signature.");
  return signature;
};

/** Each text that differs from `encoded` in one bit of one byte. */
function* flippedBits(encoded: string): Generator<string> {
  const bytes = Buffer.from(encoded, "base64url");
  for (let at = 0; at < bytes.length; at++) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    yield flipped.toString("base64url");
  }
}

describe("a signed object", () => {
  it("signed by a second implementation is opened", async () => {
    expect(await openRequest(good)).toMatchObject({ text: body.Text, signer: { kid: key.kid } });
  });

  it("is opened without a kid beside it, since the kid is counted from the key", async () => {
    const jws = foreignGeneral(key, header, payload, null);
    expect((await openRequest(jws)).signer.kid).toBe(key.kid);
  });

  it("is refused with any one byte of its payload changed by a bit", async () => {
    for (const changed of flippedBits(good.payload)) {
      expect(await refusalCode(() => openRequest({ ...good, payload: changed }))).toBe("signature");
    }
  });

  it("is refused with any one byte of its signature changed by a bit", async () => {
    for (const changed of flippedBits(only(good).signature)) {
      expect(await refusalCode(() => openRequest(withSignature(good, { signature: changed })))).toBe("signature");
    }
  });

  it("is refused with any one byte of its protected header changed by a bit", async () => {
    const codes = new Set<string>();
    for (const changed of flippedBits(only(good).protected)) {
      codes.add(await refusalCode(() => openRequest(withSignature(good, { protected: changed }))));
    }
    // What the change hits decides what is noticed first; that it is always refused was shown by getting here.
    expect(codes).toContain("key");
    expect(codes).toContain("json_malformed");
  });

  it("is refused where the header changed in a way that means the same", async () => {
    const spaced = base64url(textOf(only(good).protected).replace(",", ", "));
    expect(await refusalCode(() => openRequest(withSignature(good, { protected: spaced })))).toBe("signature");
    const noted = base64url(JSON.stringify({ ...header, note: 1 }));
    expect(await refusalCode(() => openRequest(withSignature(good, { protected: noted })))).toBe("signature");
  });

  it("is refused where another's key stands over the signature", async () => {
    const claimed = foreignGeneral(stranger, header, payload, key.kid);
    expect(await refusalCode(() => openRequest(claimed))).toBe("signature");
  });

  it.each<[string, General, string]>([
    ["a kid that is not the fingerprint of its jwk", foreignGeneral(key, header, payload, stranger.kid), "kid"],
    ["a kid cut short", foreignGeneral(key, header, payload, key.kid.slice(0, 23)), "kid"],
    ["a protected kid that is another's", foreignGeneral(key, { ...header, kid: stranger.kid }, payload), "kid"],
    ["a protected kid that is no text", foreignGeneral(key, { ...header, kid: 7 }, payload, null), "kid"],
    ["alg none", foreignGeneral(key, { ...header, alg: "none" }, payload), "algorithm"],
    ["alg None", foreignGeneral(key, { ...header, alg: "None" }, payload), "algorithm"],
    [
      "alg none and no signature to speak of",
      withSignature(foreignGeneral(key, { ...header, alg: "none" }, payload), { signature: "AA" }),
      "algorithm",
    ],
    ["alg in lower case", foreignGeneral(key, { ...header, alg: "es256" }, payload), "algorithm"],
    ["alg ES512", foreignGeneral(key, { ...header, alg: "ES512" }, payload), "algorithm"],
    ["an alg that every object inherits", foreignGeneral(key, { ...header, alg: "toString" }, payload), "algorithm"],
    ["an alg in a list", foreignGeneral(key, { ...header, alg: ["ES256"] }, payload), "algorithm"],
    ["no alg", foreignGeneral(key, { typ: TYP, jwk: key.jwk }, payload), "algorithm"],
    ["an unknown crit", foreignGeneral(key, { ...header, crit: ["exp"], exp: 1 }, payload), "header"],
    ["an empty crit", foreignGeneral(key, { ...header, crit: [] }, payload), "header"],
    ["a crit of null", foreignGeneral(key, { ...header, crit: null }, payload), "header"],
    ["b64 false, demanded", foreignGeneral(key, { ...header, b64: false, crit: ["b64"] }, payload), "header"],
    ["b64 false, not demanded", foreignGeneral(key, { ...header, b64: false }, payload), "header"],
    ["the typ of an answer", foreignGeneral(key, { ...header, typ: "confirm-tbs-response+jws" }, payload), "header"],
    ["the typ of a call", foreignGeneral(key, { ...header, typ: "confirm-request+jws" }, payload), "header"],
    ["the typ of a profile", foreignGeneral(key, { ...header, typ: "confirm-device-profile+jws" }, payload), "header"],
    ["a typ that is null", foreignGeneral(key, { ...header, typ: null }, payload), "header"],
    ["a typ in capitals", foreignGeneral(key, { ...header, typ: TYP.toUpperCase() }, payload), "header"],
    ["a header that is a list", foreignGeneral(key, "[]", payload), "header"],
    ["a header that is not JSON", foreignGeneral(key, "{alg}", payload), "json_malformed"],
    [
      "a header that says alg twice",
      foreignGeneral(key, `{"alg":"none",${JSON.stringify(header).slice(1)}`, payload),
      "json_duplicate_name",
    ],
    [
      "a header that names __proto__",
      foreignGeneral(key, `{"__proto__":{},${JSON.stringify(header).slice(1)}`, payload),
      "json_forbidden_name",
    ],
    [
      "a jwk with its private member",
      foreignGeneral(key, { ...header, jwk: { ...key.jwk, d: key.jwk.x } }, payload),
      "key",
    ],
    ["a jwk that is null", foreignGeneral(key, { ...header, jwk: null }, payload), "key"],
    ["a jwk of another kind", foreignGeneral(key, { ...header, jwk: { kty: "oct", k: "AA" } }, payload), "key"],
    ["neither jwk nor kid", foreignGeneral(key, { alg: "ES256" }, payload, null), "key_unknown"],
    ["a kid alone that nobody knows", foreignGeneral(key, { alg: "ES256" }, payload), "key_unknown"],
    ["no signature", { ...good, signatures: [] }, "header"],
    ["two signatures, both good", { ...good, signatures: [only(good), only(good)] }, "header"],
    ["a payload that is not JSON", foreignGeneral(key, header, "pay"), "json_malformed"],
    ["an empty payload", foreignGeneral(key, header, ""), "json_malformed"],
    ["a payload without tag", foreignGeneral(key, header, JSON.stringify(body)), "unknown_tag"],
    ["a payload with another tag", foreignGeneral(key, header, JSON.stringify({ TBSResponse: body })), "unknown_tag"],
    [
      "a payload with two tags",
      foreignGeneral(key, header, JSON.stringify({ TBSRequest: body, TBSResponse: {} })),
      "unknown_tag",
    ],
    [
      "a payload that says its tag twice",
      foreignGeneral(key, header, `{"TBSRequest":{},${payload.slice(1)}`),
      "json_duplicate_name",
    ],
    [
      "a payload that says Text twice",
      foreignGeneral(key, header, payload.replace('"Text"', '"Text":"x","\\u0054ext"')),
      "json_duplicate_name",
    ],
    [
      "a payload with half a surrogate pair",
      foreignGeneral(key, header, payload.replace("Pay", "Pay\\ud83d")),
      "json_malformed",
    ],
    ["a payload that is a list", foreignGeneral(key, header, `[${payload}]`), "shape"],
    [
      "a payload that nests too deep",
      foreignGeneral(key, header, payload.replace(/}}$/, `,"a":${"[".repeat(15)}${"]".repeat(15)}}}`)),
      "json_too_deep",
    ],
  ])("is refused with %s", async (_, jws, code) => {
    expect(await refusalCode(() => openRequest(jws))).toBe(code);
  });

  it.each([
    ["as its SubjectPublicKeyInfo", () => key.publicKey.export({ type: "spki", format: "der" })],
    ["as PEM", () => Buffer.from(key.publicKey.export({ type: "spki", format: "pem" }))],
    ["as JWK", () => Buffer.from(JSON.stringify(key.jwk))],
    ["as its raw point", () => Buffer.concat([Buffer.of(4), Buffer.from(key.jwk.x + key.jwk.y, "base64url")])],
  ])("is refused with an HMAC whose secret is the public key, %s", async (_, secret) => {
    const jws = foreignGeneral(key, { ...header, alg: "HS256" }, payload);
    const mac = createHmac("sha256", secret())
      .update(`${only(jws).protected}.${jws.payload}`)
      .digest();
    expect(await refusalCode(() => openRequest(withSignature(jws, { signature: base64url(mac) })))).toBe("algorithm");
  });

  it("is refused where the header is not canonical base64url", async () => {
    // A header of a length that leaves bits over.
    const padded = [header, { ...header, a: 1 }, { ...header, a: 12 }]
      .map((one) => foreignFlat(key, one, payload))
      .find(({ protected: encoded }) => encoded.length % 4 !== 0);
    if (padded === undefined) throw new Error("No header leaves bits over.");
    const loose =
      padded.protected.slice(0, -1) + String.fromCharCode(padded.protected.charCodeAt(padded.protected.length - 1) + 1);
    expect(Buffer.from(loose, "base64url")).toEqual(Buffer.from(padded.protected, "base64url"));
    const jws = { payload: padded.payload, signatures: [{ ...padded, protected: loose }] };
    expect(await refusalCode(() => openRequest(jws))).toBe("base64url");
  });
});

describe("a signed object without a protected jwk", () => {
  const bare = foreignGeneral(key, { alg: "ES256" }, payload);

  it("is opened by a key that the verifier holds under its kid, beside the header or in it", async () => {
    const held = await importPublicKey(key.jwk);
    const asked: string[] = [];
    const find = (kid: string) => {
      asked.push(kid);
      return kid === held.kid ? held : undefined;
    };
    expect((await openRequest(bare, find)).signer.kid).toBe(key.kid);
    expect(
      (await openRequest(foreignGeneral(key, { alg: "ES256", kid: key.kid }, payload, null), find)).signer.kid,
    ).toBe(key.kid);
    expect(asked).toEqual([key.kid, key.kid]);
  });

  it("is refused where the key that is held did not sign", async () => {
    const held = await importPublicKey(stranger.jwk);
    expect(await refusalCode(() => openRequest(bare, () => held))).toBe("kid");
    const claims = foreignGeneral(key, { alg: "ES256" }, payload, stranger.kid);
    expect(await refusalCode(() => openRequest(claims, () => held))).toBe("signature");
  });

  it("is refused where header and neighbour name two keys", async () => {
    const held = await importPublicKey(key.jwk);
    const two = foreignGeneral(key, { alg: "ES256", kid: stranger.kid }, payload);
    expect(await refusalCode(() => openRequest(two, () => held))).toBe("kid");
  });

  it("does not ask for a key where a jwk is there: what is held does not repair what is wrong", async () => {
    const held = await importPublicKey(key.jwk);
    const jws = foreignGeneral(key, { ...header, jwk: stranger.jwk }, payload);
    expect(await refusalCode(() => openRequest(jws, () => held))).toBe("kid");
  });
});

describe("members that only we define", () => {
  const dated = JSON.stringify({ TBSRequest: { ...body, Created: "2026-11-01T00:00:00Z" } });

  it("are refused without typ, and read with it", async () => {
    expect(await refusalCode(() => openRequest(foreignGeneral(key, { alg: "ES256", jwk: key.jwk }, dated)))).toBe(
      "header",
    );
    expect((await openRequest(foreignGeneral(key, header, dated))).created).toBe(Date.UTC(2026, 10, 1));
  });

  it("are not needed: a plain draft object says no typ", async () => {
    const plain = await openRequest(foreignGeneral(key, { alg: "ES256", jwk: key.jwk }, payload));
    expect(plain).toMatchObject({ created: undefined, expire: undefined, enquirerId: undefined, presence: false });
  });
});
