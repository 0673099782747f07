/** The answer to an authenticated call: by the pinned service key, for this call, or it is none. */
import { describe, expect, it } from "vitest";
import {
  importPublicKey,
  newSigningPair,
  openAnswer,
  sealAnswer,
  sealCall,
  signingKeyOf,
} from "../../src/crypto/index.ts";
import { LIMITS } from "../../src/protocol/index.ts";
import { type Flat, foreignFlat, foreignKey, foreignVerify, textOf } from "../support/foreign-signer.ts";
import { refusalCode } from "../support/refusal.ts";

const URL = "https://example.com/.well-known/confirm";
const NOW = Date.UTC(2026, 10, 1, 12, 0, 0) + 400;
const SECONDS = Math.floor(NOW / 1000);
const MESSAGE = '{"HelloResponse":{"Status":201}}';

const newKey = async () => signingKeyOf(await newSigningPair({ extractable: false }));
const [client, service, stranger] = [await newKey(), await newKey(), await newKey()];
const { req } = await sealCall(client, { url: URL, message: '{"HelloRequest":{}}', now: NOW });
const expected = { req, service };

const foreign = foreignKey();
const foreignService = await importPublicKey(foreign.jwk);
const header = { alg: "ES256", typ: "confirm-response+jws", kid: foreign.kid, req, iat: SECONDS };

describe("an answer", () => {
  it("by the service key, bound to the call, is opened with its message and the service's time", async () => {
    const opened = await openAnswer(await sealAnswer(service, { req, message: MESSAGE, now: NOW }), expected);
    expect(new TextDecoder().decode(opened.payload)).toBe(MESSAGE);
    expect(opened.issued).toBe(SECONDS * 1000);
  });

  it("verifies in a second implementation and says what the design demands", async () => {
    const flat = JSON.parse(await sealAnswer(service, { req, message: MESSAGE, now: NOW })) as Flat;
    expect(foreignVerify(service.jwk, flat)).toBe(true);
    expect(JSON.parse(textOf(flat.protected))).toEqual({
      alg: "ES256",
      typ: "confirm-response+jws",
      kid: service.kid,
      req,
      iat: SECONDS,
    });
  });

  it("is refused where it belongs to another call", async () => {
    const other = await sealCall(client, { url: URL, message: '{"HelloRequest":{}}', now: NOW });
    const body = await sealAnswer(service, { req: other.req, message: MESSAGE, now: NOW });
    expect(await refusalCode(() => openAnswer(body, expected))).toBe("signature");
  });

  it("is refused where another key signed it, under its own name or under the service's", async () => {
    const own = await sealAnswer(stranger, { req, message: MESSAGE, now: NOW });
    expect(await refusalCode(() => openAnswer(own, expected))).toBe("kid");
    const borrowed = await sealAnswer({ ...stranger, kid: service.kid }, { req, message: MESSAGE, now: NOW });
    expect(await refusalCode(() => openAnswer(borrowed, expected))).toBe("signature");
  });

  it("is refused where it brings its own key along", async () => {
    const body = JSON.stringify(foreignFlat(foreign, { ...header, kid: service.kid, jwk: foreign.jwk }, MESSAGE));
    expect(await refusalCode(() => openAnswer(body, expected))).toBe("signature");
  });

  it("is refused where its message was changed", async () => {
    const flat = JSON.parse(await sealAnswer(service, { req, message: MESSAGE, now: NOW })) as Flat;
    const payload = Buffer.from(MESSAGE.replace("201", "403")).toString("base64url");
    expect(await refusalCode(() => openAnswer(JSON.stringify({ ...flat, payload }), expected))).toBe("signature");
  });

  it("is refused where it is the call itself, sent back", async () => {
    const { body } = await sealCall(client, { url: URL, message: MESSAGE, now: NOW });
    expect(await refusalCode(() => openAnswer(body, { req, service: client }))).toBe("header");
  });

  it.each<[string, string, string]>([
    ["a plain message", MESSAGE, "shape"],
    ["a plain outcome", '{"ConfirmResponse":{"Status":201}}', "shape"],
    ["a list", "[]", "header"],
    ["null", "null", "header"],
    ["a page of some proxy", "<html>502 Bad Gateway</html>", "json_malformed"],
    ["nothing", "", "json_malformed"],
  ])("is refused where it is not signed: %s", async (_, body, code) => {
    expect(await refusalCode(() => openAnswer(body, expected))).toBe(code);
  });

  it.each<[string, object, string]>([
    ["no typ", { typ: undefined }, "header"],
    ["the typ of a call", { typ: "confirm-request+jws" }, "header"],
    ["no kid", { kid: undefined }, "kid"],
    ["a crit", { crit: ["req"] }, "header"],
    ["alg none", { alg: "none" }, "algorithm"],
    ["alg HS256", { alg: "HS256" }, "algorithm"],
    ["no req", { req: undefined }, "signature"],
    ["a req that only starts like ours", { req: req.slice(0, 20) }, "signature"],
    ["no iat", { iat: undefined }, "header"],
    ["an iat that is a text", { iat: String(SECONDS) }, "header"],
  ])("is refused with %s", async (_, change, code) => {
    const body = JSON.stringify(foreignFlat(foreign, { ...header, ...change }, MESSAGE));
    expect(await refusalCode(() => openAnswer(body, { req, service: foreignService }))).toBe(code);
  });

  it("may be longer than a message, up to the limit of answers", async () => {
    const message = JSON.stringify({ Note: "x".repeat(1024 * 1024) });
    const opened = await openAnswer(await sealAnswer(service, { req, message, now: NOW }), expected);
    expect(opened.payload).toHaveLength(message.length);
    const longer = await sealAnswer(service, { req, message: "x".repeat(LIMITS.answerBytes), now: NOW });
    expect(await refusalCode(() => openAnswer(longer, expected))).toBe("json_too_large");
  });
});
