/** TBSRequest: what the enquirer signs, what the responder gets, and the digest that names it. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { newSigningPair, openRequest, requestDigest, signingKeyOf, signRequest } from "../../src/crypto/index.ts";
import { Jws, LIMITS, scanJson, Sha256 } from "../../src/protocol/index.ts";
import { foreignGeneral, foreignKey, foreignVerify, textOf } from "../support/foreign-signer.ts";
import { refusalCode } from "../support/refusal.ts";

const NOW = Date.UTC(2026, 10, 1, 12, 0, 0);
const key = await signingKeyOf(await newSigningPair({ extractable: false }));
const foreign = foreignKey();
const header = { alg: "ES256", typ: "confirm-tbs-request+jws", jwk: foreign.jwk };
const plain = { Text: "<srml><h1>Pay</h1></srml>", FromID: "alice@example.net", ToID: "bob@example.com" };

const open = (members: object) =>
  openRequest(foreignGeneral(foreign, header, JSON.stringify({ TBSRequest: { ...plain, ...members } })));

const request = {
  text: "<srml><h1>Überweisung 😀</h1></srml>",
  fromId: "Payments@Bank.Example",
  toId: "bob@EXAMPLE.com",
  enquirerId: "q-1",
  created: NOW,
  expire: NOW + LIMITS.defaultLifeMs,
};

describe("a request", () => {
  it("that is signed here is opened with what was signed, account domains in lower case", async () => {
    const jws = await signRequest(key, request);
    expect(await openRequest(jws)).toEqual({
      jws,
      digest: await requestDigest(jws),
      signer: expect.objectContaining({ kid: key.kid, jwk: key.jwk }) as unknown,
      text: request.text,
      fromId: "Payments@bank.example",
      toId: "bob@example.com",
      enquirerId: "q-1",
      created: NOW,
      expire: NOW + LIMITS.defaultLifeMs,
      presence: false,
    });
  });

  it("that is signed here verifies in a second implementation and has the form of the draft", async () => {
    const jws = await signRequest(key, request);
    const [signature] = jws.signatures;
    if (signature === undefined) throw new Error("There is no signature.");
    expect(foreignVerify(key.jwk, { ...signature, payload: jws.payload })).toBe(true);
    expect(Jws.read(scanJson(JSON.stringify(jws), LIMITS.requestBytes), "it")).toEqual(jws);
    expect(JSON.parse(textOf(jws.payload))).toEqual({
      TBSRequest: {
        Text: request.text,
        FromID: request.fromId,
        ToID: request.toId,
        EnquirerID: "q-1",
        Created: "2026-11-01T12:00:00Z",
        Expire: "2026-11-01T12:05:00Z",
      },
    });
  });

  it("cannot be changed once it is opened", async () => {
    expect(Object.isFrozen(await openRequest(await signRequest(key, request)))).toBe(true);
  });

  it.each([
    ["expires before it was made", { Created: "2026-11-01T12:00:00Z", Expire: "2026-11-01T11:59:59Z" }],
    ["expires when it is made", { Created: "2026-11-01T12:00:00Z", Expire: "2026-11-01T12:00:00Z" }],
    [
      "expires in the same instant, said in another way",
      { Created: "2026-11-01T12:00:00.5Z", Expire: "2026-11-01T12:00:00.500+00:00" },
    ],
  ])("is refused where it %s", async (_, dates) => {
    expect(await refusalCode(() => open(dates))).toBe("payload");
  });

  it("is read where it says one date alone: what that means is for the responder", async () => {
    expect(await open({ Created: "2026-11-01T12:00:00Z" })).toMatchObject({ created: NOW, expire: undefined });
    expect(await open({ Expire: "2026-11-01T12:00:00Z" })).toMatchObject({ created: undefined, expire: NOW });
  });

  it.each([
    ["no account as sender", { FromID: "alice" }, "account"],
    ["no account as addressee", { ToID: "bob@" }, "account"],
    ["a date that does not exist", { Created: "2026-02-30T00:00:00Z" }, "time"],
    ["a text that is a number", { Text: 7 }, "shape"],
    ["a ReplyKey off the curve", { ReplyKey: { ...foreign.jwk, y: foreignKey().jwk.y } }, "key"],
    ["a ReplyKey on another curve", { ReplyKey: foreignKey("P-384").jwk }, "key"],
    ["a ReplyKey of RSA", { ReplyKey: { kty: "RSA", n: "AQAB", e: "AQAB" } }, "key"],
    ["a private ReplyKey", { ReplyKey: { ...foreign.jwk, d: foreign.jwk.x } }, "shape"],
  ])("is refused with %s", async (_, members, code) => {
    expect(await refusalCode(() => open(members))).toBe(code);
  });
});

describe("the ReplyKey of a request", () => {
  it("is signed in it, and read with its fingerprint", async () => {
    const replyKey = foreignKey();
    const opened = await openRequest(await signRequest(key, { ...request, replyKey: replyKey.jwk }));
    expect(opened.replyKey).toMatchObject({ kid: replyKey.kid, jwk: replyKey.jwk });
    expect((await openRequest(await signRequest(key, request))).replyKey).toBeUndefined();
  });
});

describe("what a request demands", () => {
  const profile = foreignGeneral(foreign, header, "{}");

  it.each([
    ["nothing", {}, {}],
    ["a code", { Match: "A".repeat(43) }, { match: "A".repeat(43) }],
    ["presence", { Presence: true }, { presence: true }],
    ["no presence, and says so", { Presence: false }, {}],
    ["an endorsement", { Endorse: profile }, { endorse: profile }],
  ])("is named: %s", async (_, members, demands) => {
    const { match, presence, endorse } = await open(members);
    expect({ match, presence, endorse }).toEqual({ match: undefined, presence: false, endorse: undefined, ...demands });
  });

  it.each(["ReplyKey", "Match", "Presence", "Endorse", "EnquirerID", "Created", "Expire"])(
    "%s needs a typ in the header",
    async (name) => {
      const values: Readonly<Record<string, unknown>> = {
        ReplyKey: foreign.jwk,
        Match: "A".repeat(43),
        Presence: false,
        Endorse: profile,
        EnquirerID: "q-1",
        Created: "2026-11-01T12:00:00Z",
        Expire: "2026-11-01T12:00:00Z",
      };
      const payload = JSON.stringify({ TBSRequest: { ...plain, [name]: values[name] } });
      const untyped = foreignGeneral(foreign, { alg: "ES256", jwk: foreign.jwk }, payload);
      expect(await refusalCode(() => openRequest(untyped))).toBe("header");
    },
  );
});

describe("the digest of a request", () => {
  it("is SHA-256 over protected, a dot and payload, as they stand", async () => {
    const jws = await signRequest(key, request);
    const [signature] = jws.signatures;
    const expected = createHash("sha256")
      .update(`${signature?.protected ?? ""}.${jws.payload}`)
      .digest("base64url");
    expect(await requestDigest(jws)).toBe(expected);
    expect(Sha256.read(expected, "digest")).toBe(expected);
  });

  it("does not change with the signature: the same request signed again is the same request", async () => {
    const [once, twice] = [await signRequest(key, request), await signRequest(key, request)];
    expect(once.signatures[0]?.signature).not.toBe(twice.signatures[0]?.signature);
    expect(await requestDigest(once)).toBe(await requestDigest(twice));
  });

  it("changes with the payload and with the protected header, and not with the kid beside it", async () => {
    const payload = JSON.stringify({ TBSRequest: plain });
    const digests = await Promise.all(
      [
        foreignGeneral(foreign, header, payload),
        foreignGeneral(foreign, header, payload, null),
        foreignGeneral(foreign, header, `${payload} `),
        foreignGeneral(foreign, { ...header, note: 1 }, payload),
      ].map((jws) => requestDigest(jws)),
    );
    expect(digests[0]).toBe(digests[1]);
    expect(new Set(digests).size).toBe(3);
  });

  it("keeps apart where one part ends and the other begins", async () => {
    const at = (header: string, payload: string) =>
      requestDigest({ payload, signatures: [{ protected: header, signature: "AA" }] });
    expect(await at("AA", "AAAA")).not.toBe(await at("AAAA", "AA"));
  });

  it("is refused for an object that has no signature, or two", async () => {
    const signature = { protected: "e30", signature: "AA" };
    for (const signatures of [[], [signature, signature]]) {
      expect(await refusalCode(() => requestDigest({ payload: "e30", signatures }))).toBe("header");
    }
  });
});
