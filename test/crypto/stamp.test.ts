/** The service's stamp: what it says, and what is no stamp. */
import { describe, expect, it } from "vitest";
import {
  CryptoError,
  openStamp,
  signRequest,
  signStamp,
  stampBy,
  unsignedStamp,
  webPrimitives,
} from "../../src/crypto/index.ts";
import { nodePrimitives } from "../../src/node/index.ts";
import { ProtocolError } from "../../src/protocol/index.ts";
import { SOME_TIME } from "../support/fake-clock.ts";
import { foreignGeneral, foreignKey } from "../support/foreign-signer.ts";
import { newKey } from "../support/signing.ts";

const SERVICE = await newKey();
const DIGEST = "a".repeat(42) + "A";
const STAMP = { requestDigest: DIGEST, responseDigest: "b".repeat(42) + "A", received: SOME_TIME };

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CryptoError || error instanceof ProtocolError) return error.code;
    throw error;
  }
  return "opened";
}

describe("a stamp", () => {
  it("says which answer to which request came when, by which service", async () => {
    const opened = await openStamp(await signStamp(SERVICE, STAMP));
    expect(opened).toMatchObject({ ...STAMP, audit: undefined, signer: { kid: SERVICE.kid } });
  });

  it("is put together again from its signature alone, whatever made that", async () => {
    const audit = { writer: "AAAAAAAAAAAAAAAAAAAAAA", sequence: 7, hash: DIGEST };
    for (const primitives of [webPrimitives, nodePrimitives]) {
      for (const said of [STAMP, { ...STAMP, audit }]) {
        const signed = await signStamp(SERVICE, said, primitives);
        expect(stampBy(SERVICE, said, signed.signature)).toEqual(signed);
      }
    }
  });

  it("has the same words in every release: only signatures are kept of those before", () => {
    const jwk = { kty: "EC", crv: "P-256", x: "X", y: "Y" };
    const audit = { writer: "WRITER", sequence: 7, hash: "HASH" };
    const said = {
      requestDigest: "REQUEST",
      responseDigest: "RESPONSE",
      received: Date.UTC(2026, 10, 28, 1, 2, 3, 4),
      audit,
    };
    const { header, payload } = unsignedStamp({ ...SERVICE, jwk }, said);
    expect(JSON.stringify(header)).toBe(
      '{"alg":"ES256","typ":"confirm-stamp+jws","jwk":{"kty":"EC","crv":"P-256","x":"X","y":"Y"}}',
    );
    expect(payload).toBe(
      '{"Stamp":{"RequestDigest":"REQUEST","ResponseDigest":"RESPONSE","Received":"2026-11-28T01:02:03Z",' +
        '"AuditWriter":"WRITER","AuditSeq":7,"AuditHash":"HASH"}}',
    );
  });

  it("has the place in the audit log where there is one, and no half of a place", async () => {
    const audit = { writer: "AAAAAAAAAAAAAAAAAAAAAA", sequence: 7, hash: DIGEST };
    expect((await openStamp(await signStamp(SERVICE, { ...STAMP, audit }))).audit).toEqual(audit);
    const key = foreignKey();
    const body = { RequestDigest: DIGEST, ResponseDigest: DIGEST, Received: "2026-11-23T09:15:59Z", AuditSeq: 7 };
    const jws = foreignGeneral(
      key,
      { alg: "ES256", typ: "confirm-stamp+jws", jwk: key.jwk },
      JSON.stringify({ Stamp: body }),
    );
    const [one] = jws.signatures;
    const flat = { payload: jws.payload, protected: one?.protected ?? "", signature: one?.signature ?? "" };
    expect((await openStamp(flat)).audit).toBeUndefined();
  });

  it("is none without typ, without its key, changed, or of another kind", async () => {
    const key = foreignKey();
    const flatOf = (header: object, payload: object) => {
      const jws = foreignGeneral(key, { alg: "ES256", ...header }, JSON.stringify(payload));
      const [one] = jws.signatures;
      return { payload: jws.payload, protected: one?.protected ?? "", signature: one?.signature ?? "" };
    };
    const Stamp = { RequestDigest: DIGEST, ResponseDigest: DIGEST, Received: "2026-11-23T09:15:59Z" };
    const typ = "confirm-stamp+jws";
    expect(await codeOf(openStamp(flatOf({ typ, jwk: key.jwk }, { Stamp })))).toBe("opened");
    expect(await codeOf(openStamp(flatOf({ jwk: key.jwk }, { Stamp })))).toBe("header");
    expect(await codeOf(openStamp(flatOf({ typ }, { Stamp })))).toBe("key_unknown");
    expect(await codeOf(openStamp(flatOf({ typ, jwk: key.jwk }, { TBSResponse: Stamp })))).toBe("unknown_tag");
    const good = await signStamp(SERVICE, STAMP);
    const other = await signStamp(SERVICE, { ...STAMP, received: SOME_TIME + 1000 });
    expect(await codeOf(openStamp({ ...good, payload: other.payload }))).toBe("signature");
    const request = await signRequest(SERVICE, {
      text: "<srml><h1>Stamp</h1></srml>",
      fromId: "a@b.example",
      toId: "c@d.example",
      enquirerId: "1",
      created: SOME_TIME,
      expire: SOME_TIME + 1000,
    });
    const [signature] = request.signatures;
    const posing = {
      payload: request.payload,
      protected: signature?.protected ?? "",
      signature: signature?.signature ?? "",
    };
    expect(await codeOf(openStamp(posing))).toBe("header");
  });
});
