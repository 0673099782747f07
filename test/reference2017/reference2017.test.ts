/** What the 2017 reference signed: its own objects by value, and a second implementation's with each one fault. */
import { beforeAll, describe, expect, it } from "vitest";
import { fingerprint2017, kid2017 } from "../../src/reference2017/fingerprint.ts";
import { read2017, Reference2017Error, scanJson2017, verify2017 } from "../../src/reference2017/index.ts";
import { decodeLines } from "../../src/reference2017/read-text.ts";
import { type JsonValue, LIMITS } from "../../src/protocol/index.ts";
import { fingerprintOf2017, type Key2017, key2017, lines, sign2017, text2017 } from "../support/reference2017.ts";
import { refusalCode } from "../support/refusal.ts";
import { readVectors, whyNoVectors } from "../support/vectors.ts";

interface Signed {
  readonly what: string;
  readonly kid: string;
  readonly unprotected: object;
  readonly payload: string;
  readonly protected: string;
  readonly signature: string;
}

interface RsaKey {
  readonly kid: string;
  readonly n: string;
  readonly e: string;
}

const JWS = "mesh-2017/jws.json";
const KEYS = "mesh-2017/rsa-keys.json";
const UDF = "mesh-2017/udf.json";

/** Verifies a text, with the keys of others. */
async function verified(text: string, ...others: readonly string[]) {
  const read = read2017(text);
  if (read === undefined) throw new Error("It is not recognised.");
  return verify2017(
    read,
    others.map((other) => scanJson2017(other)),
  );
}

async function code(text: string, ...others: readonly string[]): Promise<string> {
  try {
    await verified(text, ...others);
  } catch (error) {
    if (error instanceof Reference2017Error) return error.code;
    throw error;
  }
  return "verified";
}

describe("the reference's own objects", () => {
  const keyFile = () =>
    text2017((readVectors(KEYS) as readonly RsaKey[]).map(({ kid, n, e }) => ({ PublicKeyRSA: { kid, n, e } })));
  const written = ({ kid, unprotected, payload, signature, ...one }: Signed) =>
    text2017({
      unprotected,
      payload: lines(Buffer.from(payload, "base64url")),
      signatures: [{ header: { kid }, protected: lines(Buffer.from(one.protected, "base64url")), signature }],
    });

  it("verify, each by the key of its kid, with line feeds in base64 as the reference writes them", async ({ skip }) => {
    const reason = whyNoVectors(JWS) ?? whyNoVectors(KEYS);
    skip(reason !== undefined, reason);
    const objects = readVectors(JWS) as readonly Signed[];
    expect(objects.length).toBeGreaterThan(5);
    for (const one of objects) {
      const { tag, kid } = await verified(written(one), keyFile());
      expect(one.what).toContain(tag);
      expect(kid).toBe(one.kid);
    }
  });

  it("that are profiles of their signer need no other file", async ({ skip }) => {
    const reason = whyNoVectors(JWS);
    skip(reason !== undefined, reason);
    const profiles = (readVectors(JWS) as readonly Signed[]).filter(({ what }) => /(Device|Master)Profile/.test(what));
    expect(profiles.length).toBeGreaterThan(2);
    for (const one of profiles) expect((await verified(written(one))).kid).toBe(one.kid);
  });

  it("do not verify with a changed payload, header or signature, or by another key", async ({ skip }) => {
    const reason = whyNoVectors(JWS) ?? whyNoVectors(KEYS);
    skip(reason !== undefined, reason);
    const objects = readVectors(JWS) as readonly Signed[];
    const flip = (text: string, at: number) => {
      const bytes = Buffer.from(text, "base64url");
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes.toString("base64url");
    };
    for (const one of objects) {
      expect(await code(written({ ...one, payload: flip(one.payload, 30) }), keyFile())).toBe("digest");
      expect(await code(written({ ...one, signature: flip(one.signature, 30) }), keyFile())).toBe("signature");
      // A bit of `val`, base64 that stays base64: then it is another hash.
      expect(["digest", "malformed"]).toContain(
        await code(written({ ...one, protected: flip(one.protected, 60) }), keyFile()),
      );
      const other = objects.find(({ kid }) => kid !== one.kid)?.kid ?? "";
      expect(await code(written({ ...one, kid: other }), keyFile())).toBe("signature");
    }
  });

  it("have the kids that their keys give by the rule of 2017, and by that rule alone", async ({ skip }) => {
    const reason = whyNoVectors(KEYS);
    skip(reason !== undefined, reason);
    const keys = readVectors(KEYS) as readonly (RsaKey & { readonly pkcs1_der_hex: string })[];
    for (const { kid, n, e, pkcs1_der_hex: der } of keys) {
      expect(await kid2017(decodeLines(n), decodeLines(e))).toBe(kid);
      expect(fingerprintOf2017("application/x509-keyinfo", Buffer.from(der, "hex"))).toBe(kid);
    }
  });

  it("have fingerprints of texts as the reference printed them", async ({ skip }) => {
    const reason = whyNoVectors(UDF);
    skip(reason !== undefined, reason);
    const { udf_text: texts } = readVectors(UDF) as {
      readonly udf_text: readonly { readonly data: string; readonly bits: number; readonly published: string }[];
    };
    const printed = texts.find(({ bits }) => bits === 150);
    expect(await fingerprint2017("text/plain", new TextEncoder().encode(printed?.data))).toBe(printed?.published);
  });
});

const REQUEST = JSON.stringify({
  TBSRequest: { Text: "<srml><h1>Open</h1></srml>", FromID: "alice@example.net", ToID: "bob@example.com" },
});

describe("an object as the reference signs it", () => {
  let key: Key2017;
  let keys: string;
  beforeAll(() => {
    key = key2017();
    keys = text2017({ PublicKeyRSA: key.printed });
  });

  it.each<[string, (signed: object) => object]>([
    ["alone", (signed) => signed],
    ["in a RequestEntry", (signed) => ({ RequestEntry: { Request: signed, ResponderAccount: "bob@example.com" } })],
    ["in an EnquireRequest", (signed) => ({ EnquireRequest: { Request: { Request: signed } } })],
    ["in a -00 Enquire", (signed) => ({ Enquire: { Request: signed } })],
    ["in a profile", (signed) => ({ SerializationDevice: { Profile: { SignedData: signed } } })],
    ["in a list of one", (signed) => [signed]],
    ["with its key beside it", (signed) => ({ Request: signed, Keys: [{ PublicKeyRSA: key.printed }] })],
  ])("verifies %s", async (_, wrap) => {
    const { tag, kid, payload } = await verified(text2017(wrap(sign2017(key, REQUEST))), keys);
    expect({ tag, kid, payload }).toEqual({ tag: "TBSRequest", kid: key.kid, payload: JSON.parse(REQUEST) as object });
  });

  it("verifies an answer together with the request in it, each by its own key", async () => {
    const responder = key2017();
    const answer = (inner: object) => text2017({ TBSResponse: { SignedRequest: inner, Value: true } });
    const both = text2017([{ PublicKeyRSA: key.printed }, { PublicKeyRSA: responder.printed }]);
    const good = text2017(sign2017(responder, answer(sign2017(key, REQUEST))));
    expect(await verified(good, both)).toMatchObject({
      tag: "TBSResponse",
      kid: responder.kid,
      inside: [{ tag: "TBSRequest", kid: key.kid }],
    });
    expect(await code(good, text2017({ PublicKeyRSA: responder.printed }))).toBe("key_unknown");
    const forged = sign2017(key, REQUEST);
    const bad = answer({ ...forged, payload: lines(REQUEST.replace("Open", "Shut")) });
    expect(await code(text2017(sign2017(responder, bad)), both)).toBe("digest");
    let nested: object = forged;
    for (let depth = 0; depth < 2; depth++) {
      nested = sign2017(key, text2017({ TBSResponse: { SignedRequest: nested, Value: true } }));
    }
    expect(await code(text2017(nested), both)).toBe("malformed");
  });

  it.each<[string, () => object, string]>([
    ["alg RS256 in its header", () => sign2017(key, REQUEST, { alg: "RS256" }), "header"],
    ["alg none", () => sign2017(key, REQUEST, { alg: "none" }), "header"],
    ["a crit", () => sign2017(key, REQUEST, { more: { crit: ["x"] } }), "header"],
    ["a val that is no text", () => sign2017(key, REQUEST, { more: { val: 1 } }), "header"],
    ["another dig", () => sign2017(key, REQUEST, { dig: "S256" }), "header"],
    ["another hash as val", () => sign2017(key, REQUEST, { val: lines(Buffer.alloc(64)) }), "digest"],
    ["a val cut short", () => sign2017(key, REQUEST, { val: lines(Buffer.alloc(32)) }), "digest"],
    ["a val that is not base64url", () => sign2017(key, REQUEST, { val: "a=b" }), "malformed"],
    ["two tags in its payload", () => sign2017(key, '{"TBSRequest":{},"TBSResponse":{}}'), "malformed"],
    ["a payload that is no JSON", () => sign2017(key, "yes"), "malformed"],
    ["a payload that says a member twice", () => sign2017(key, '{"T":{"a":1,"a":2}}'), "malformed"],
    ["two signatures", () => twice(sign2017(key, REQUEST)), "malformed"],
    ["no kid", () => withoutKid(sign2017(key, REQUEST)), "malformed"],
    ["a kid that is no fingerprint", () => sign2017({ ...key, kid: "bob" }, REQUEST), "malformed"],
    ["the kid of a key that nobody gave", () => sign2017(key2017(), REQUEST), "key_unknown"],
    ["another's kid", () => sign2017({ ...key2017(), kid: key.kid }, REQUEST), "signature"],
    ["another object beside it", () => [sign2017(key, REQUEST), sign2017(key, REQUEST)], "malformed"],
  ])("is refused with %s", async (_, make, expected) => {
    expect(await code(text2017(make()), keys)).toBe(expected);
  });

  const twice = (signed: ReturnType<typeof sign2017>) => ({
    ...signed,
    signatures: [...signed.signatures, ...signed.signatures],
  });
  const withoutKid = (signed: ReturnType<typeof sign2017>) => ({
    ...signed,
    signatures: signed.signatures.map((one) => ({ ...one, header: {} })),
  });

  it("is refused by a key that is not what it is called, or too small, or of another exponent", async () => {
    const other = key2017();
    const signed = text2017(sign2017({ ...other, kid: key.kid }, REQUEST));
    expect(await code(signed, text2017({ PublicKeyRSA: { ...other.printed, kid: key.kid } }))).toBe("key_unknown");
    for (const weak of [key2017(1024), key2017(2048, 3)]) {
      const file = text2017({ PublicKeyRSA: weak.printed });
      expect(await code(text2017(sign2017(weak, REQUEST)), file)).toBe("key_unknown");
    }
  });
});

describe("a text that may be the reference's", () => {
  it.each([
    ["nothing", ""],
    ["no JSON", "<srml>"],
    ["a JWS of ours", JSON.stringify({ payload: "e30", signatures: [{ protected: "e30", signature: "AA" }] })],
    ["a string that does not end", `{"a": "${'\\"'.repeat(1000)}`],
    ["a duplicate member", '{"payload":"a","payload":"b"}'],
    ["a member of the prototype", '{"__proto__":{}}'],
    ["too many levels", "[".repeat(17) + "]".repeat(17)],
    ["too many bytes", " ".repeat(LIMITS.receiptBytes + 1)],
  ])("is not recognised where it is %s", (_, text) => {
    expect(read2017(text)).toBeUndefined();
  });

  it("may have raw line feeds in strings, and nowhere a meaning that JSON would not give", () => {
    expect(scanJson2017('{"a":\n"\nx\r\ny", "b\\\\": "\\"\n"}')).toEqual({ a: "\nx\r\ny", "b\\": '"\n' });
    const plain: JsonValue = { a: ['"', "\\", "\\n", "\n", "é😀"], "": null };
    expect(scanJson2017(JSON.stringify(plain))).toEqual(plain);
  });

  it.each(["\t", "\0", "\u001b"])("has no other control character in a string: %j", async (sign) => {
    expect(await refusalCode(() => scanJson2017(`{"a":"${sign}"}`))).toBe("json_malformed");
  });

  it("is bounded before it is looked at, as bytes and as a text", async () => {
    const bytes = new Uint8Array(LIMITS.receiptBytes + 1).fill(0x20);
    expect(await refusalCode(() => scanJson2017(bytes))).toBe("json_too_large");
    expect(await refusalCode(() => scanJson2017(`"${"\n".repeat(LIMITS.receiptBytes)}"`))).toBe("json_too_large");
    expect(scanJson2017(`"${"\n".repeat(LIMITS.receiptBytes - 2)}"`)).toHaveLength(LIMITS.receiptBytes - 2);
  });
});
