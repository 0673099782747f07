/** Authenticated calls: stale ones, those for another address, and those without what a call must have are refused. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { importPublicKey, newSigningPair, openCall, readCall, sealCall, signingKeyOf } from "../../src/crypto/index.ts";
import { LIMITS } from "../../src/protocol/index.ts";
import {
  base64url,
  type Flat,
  foreignFlat,
  foreignGeneral,
  foreignKey,
  foreignVerify,
  textOf,
} from "../support/foreign-signer.ts";
import { refusal, refusalCode } from "../support/refusal.ts";

const URL = "https://example.com/.well-known/confirm";
const PUSH = "wss://example.com/.well-known/confirm/push";
const NOW = Date.UTC(2026, 10, 1, 12, 0, 0) + 400;
const SECONDS = Math.floor(NOW / 1000);
const MESSAGE = '{"HelloRequest":{}}';

const key = await signingKeyOf(await newSigningPair({ extractable: false }));
const foreign = foreignKey();
const header = {
  alg: "ES256",
  typ: "confirm-request+jws",
  kid: foreign.kid,
  jwk: foreign.jwk,
  url: URL,
  iat: SECONDS,
  jti: base64url(new Uint8Array(16).fill(7)),
};

const expected = { urls: [URL, "https://other.example/.well-known/confirm"], now: NOW };

async function open(body: string, expect: Parameters<typeof openCall>[1] = expected) {
  return openCall(await readCall(body), expect);
}

/** Opens a call of the second implementation with a changed header. */
const openWith = (change: object, expect?: Parameters<typeof openCall>[1]) =>
  open(JSON.stringify(foreignFlat(foreign, { ...header, ...change }, MESSAGE)), expect);

describe("a call", () => {
  it("that is sealed here is opened with message, caller, jti and time", async () => {
    const { body } = await sealCall(key, { url: URL, message: MESSAGE, now: NOW });
    const opened = await open(body);
    expect(new TextDecoder().decode(opened.payload)).toBe(MESSAGE);
    expect(opened).toMatchObject({ caller: { kid: key.kid }, issued: SECONDS * 1000 });
    expect(Object.isFrozen(opened)).toBe(true);
  });

  it("verifies in a second implementation and says what the design demands", async () => {
    const { body } = await sealCall(key, { url: URL, message: MESSAGE, now: NOW });
    const flat = JSON.parse(body) as Flat;
    expect(foreignVerify(key.jwk, flat)).toBe(true);
    expect(JSON.parse(textOf(flat.protected))).toEqual({
      alg: "ES256",
      typ: "confirm-request+jws",
      kid: key.kid,
      jwk: key.jwk,
      url: URL,
      iat: SECONDS,
      jti: expect.stringMatching(/^[\w-]{22}$/) as unknown,
    });
  });

  it("made by a second implementation is opened", async () => {
    expect(await openWith({})).toMatchObject({ caller: { kid: foreign.kid }, jti: header.jti });
  });

  it("has another jti each time", async () => {
    const calls = await Promise.all(
      Array.from({ length: 50 }, async () =>
        open((await sealCall(key, { url: URL, message: MESSAGE, now: NOW })).body),
      ),
    );
    expect(new Set(calls.map(({ jti }) => jti)).size).toBe(50);
  });

  it("is named by the hash of its signature's bytes, on both sides", async () => {
    const { body, req } = await sealCall(key, { url: URL, message: MESSAGE, now: NOW });
    const flat = JSON.parse(body) as Flat;
    const hash = createHash("sha256").update(Buffer.from(flat.signature, "base64url")).digest("base64url");
    expect(req).toBe(hash);
    expect((await readCall(body)).req).toBe(hash);
  });
});

describe("a call's time", () => {
  it.each([
    ["120 seconds behind", -120],
    ["exact", 0],
    ["120 seconds ahead", 120],
  ])("is accepted %s", async (_, ahead) => {
    expect((await openWith({ iat: SECONDS + ahead })).issued).toBe((SECONDS + ahead) * 1000);
  });

  it.each([
    ["121 seconds behind", -121],
    ["four minutes behind", -240],
    ["121 seconds ahead", 121],
    ["a day ahead", 86_400],
    ["at the beginning of time", -SECONDS],
    ["before it", -2 * SECONDS],
    ["in milliseconds by mistake", SECONDS * 999],
  ])("is refused %s, and the refusal says by how much", async (_, ahead) => {
    const error = await refusal(() => openWith({ iat: SECONDS + ahead }));
    expect(error).toMatchObject({ code: "stale", aheadSeconds: ahead });
    expect(error.message).toContain(String(Math.abs(ahead)));
  });

  it.each([
    ["missing", undefined],
    ["null", null],
    ["a text", String(SECONDS)],
    ["a fraction", SECONDS + 0.5],
    ["beyond what is counted exactly", 2 ** 53],
  ])("is refused where it is %s", async (_, iat) => {
    expect(await refusalCode(() => openWith({ iat }))).toBe("header");
  });

  it("bounds what a stolen call is good for by the limit that every side uses", () => {
    expect(LIMITS.clockSkewMs).toBe(120_000);
  });
});

describe("a call's address", () => {
  it("is accepted with a trailing slash, and as each name of the broker", async () => {
    expect(await openWith({ url: `${URL}/` })).toMatchObject({ jti: header.jti });
    expect(await openWith({ url: "https://other.example/.well-known/confirm" })).toMatchObject({ jti: header.jti });
    expect(await openWith({ url: PUSH }, { ...expected, urls: [PUSH] })).toMatchObject({ jti: header.jti });
  });

  it.each([
    ["another host", "https://evil.example/.well-known/confirm"],
    ["another scheme", "http://example.com/.well-known/confirm"],
    ["the push channel of the same broker", PUSH],
    ["another port", "https://example.com:8443/.well-known/confirm"],
    ["the origin alone", "https://example.com"],
    ["a path below", `${URL}/x`],
    ["two trailing slashes", `${URL}//`],
    ["a query", `${URL}?`],
    ["a host in capitals", URL.replace("example", "EXAMPLE")],
    ["a list of addresses", [URL]],
    ["nothing", ""],
    ["no address", undefined],
  ])("is refused where it is %s", async (_, url) => {
    expect(await refusalCode(() => openWith({ url }))).toBe("url");
  });

  it("of the endpoint is not good for the push channel", async () => {
    expect(await refusalCode(() => openWith({}, { ...expected, urls: [PUSH] }))).toBe("url");
  });
});

describe("a call is refused", () => {
  const random = (bytes: number) => base64url(new Uint8Array(bytes).fill(9));

  it.each<[string, object, string]>([
    ["no jti", { jti: undefined }, "header"],
    ["a jti that is a number", { jti: 1 }, "header"],
    ["a jti of 88 bits", { jti: random(11) }, "header"],
    ["an empty jti", { jti: "" }, "header"],
    ["a jti without end", { jti: random(200) }, "header"],
    ["a jti that is not base64url", { jti: "not random at all" }, "base64url"],
    ["no kid", { kid: undefined }, "header"],
    ["a kid that is not the fingerprint of its jwk", { kid: key.kid }, "kid"],
    ["no typ", { typ: undefined }, "header"],
    ["the typ of an answer", { typ: "confirm-response+jws" }, "header"],
    ["the typ of a request to sign", { typ: "confirm-tbs-request+jws" }, "header"],
    ["alg none", { alg: "none" }, "algorithm"],
    ["alg HS256", { alg: "HS256" }, "algorithm"],
    ["a crit", { crit: ["url"] }, "header"],
    ["a private jwk", { jwk: { ...foreign.jwk, d: foreign.jwk.x } }, "key"],
    ["another's jwk", { jwk: key.jwk, kid: key.kid }, "signature"],
    ["no jwk and a kid that nobody knows", { jwk: undefined }, "key_unknown"],
  ])("with %s", async (_, change, code) => {
    expect(await refusalCode(() => openWith(change))).toBe(code);
  });

  it("with no jwk, unless the broker holds the key of that kid", async () => {
    const held = await importPublicKey(foreign.jwk);
    const find = (kid: string) => (kid === held.kid ? held : undefined);
    expect((await openWith({ jwk: undefined }, { ...expected, held: find })).caller.kid).toBe(foreign.kid);
    expect(await refusalCode(() => openWith({ jwk: undefined }, { ...expected, held: () => key }))).toBe("kid");
  });

  it("with a jti of 96 bits accepted and its bound of 128 characters kept", async () => {
    expect(await openWith({ jti: random(12) })).toMatchObject({ jti: random(12) });
    expect(await openWith({ jti: random(96) })).toMatchObject({ jti: random(96) });
    expect(await refusalCode(() => openWith({ jti: random(97) }))).toBe("header");
  });

  it("with its message changed, before its address and its time are looked at", async () => {
    const flat = foreignFlat(foreign, { ...header, url: "https://evil.example", iat: 0 }, MESSAGE);
    const changed = JSON.stringify({ ...flat, payload: base64url('{"HelloRequest":{} }') });
    expect(await refusalCode(() => open(changed))).toBe("signature");
  });

  it("for its address before its time: a call for another broker says nothing about our clock", async () => {
    expect(await refusalCode(() => openWith({ url: "https://evil.example", iat: 0 }))).toBe("url");
  });

  it.each<[string, string, string]>([
    ["no JSON", "hello", "json_malformed"],
    ["a plain message", MESSAGE, "shape"],
    ["a list", "[]", "shape"],
    ["the General form", JSON.stringify(foreignGeneral(foreign, header, MESSAGE)), "shape"],
    ["the compact form", JSON.stringify("e30.e30.AA"), "shape"],
    [
      "a member given twice",
      '{"payload":"e30","payload":"e30","protected":"e30","signature":"AA"}',
      "json_duplicate_name",
    ],
    ["a protected header that is no object", '{"payload":"e30","protected":"W10","signature":"AA"}', "header"],
    ["a protected header that is not base64url", '{"payload":"e30","protected":"e31","signature":"AA"}', "base64url"],
    ["a signature that is not base64url", '{"payload":"e30","protected":"e30","signature":"AB"}', "base64url"],
    ["more bytes than a message may have", `"${"x".repeat(LIMITS.messageBytes)}"`, "json_too_large"],
  ])("that is %s", async (_, body, code) => {
    expect(await refusalCode(() => readCall(body))).toBe(code);
  });
});
