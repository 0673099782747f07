/** Does this answer answer that request? Signatures, text, option and dates, without knowing whose device signed. */
import { describe, expect, it } from "vitest";
import { signResponse } from "../../src/crypto/index.ts";
import type { NewResponse, SigningKey } from "../../src/crypto/index.ts";
import type { Jws } from "../../src/protocol/index.ts";
import { ReceiptError, verifyAnswer } from "../../src/receipt/index.ts";
import { DAY, MINUTE, SECOND, SOME_TIME } from "../support/fake-clock.ts";
import { base64url, foreignGeneral, foreignKey, textOf } from "../support/foreign-signer.ts";
import {
  flippedPayload,
  flippedSignature,
  foreignRequest,
  foreignResponse,
  newKey,
  PLAIN_REQUEST,
  signedRequest,
} from "../support/signing.ts";

const BANK = await newKey();
const DEVICE = await newKey();
const PEER = foreignKey();
const OPTIONS = {
  heading: "Grant Administrator",
  buttons: [{ label: "For 15 minutes", value: "15m" }, { label: "For ever" }],
};
const date = (instant: number): string => new Date(instant).toISOString();

function answerOver(signedRequest: Jws, more: Partial<NewResponse> = {}, key: SigningKey = DEVICE): Promise<Jws> {
  return signResponse(key, { signedRequest, value: true, created: SOME_TIME + MINUTE, ...more });
}

async function codeOf(answer: Jws, posted?: Jws): Promise<string> {
  try {
    await verifyAnswer(answer, posted);
  } catch (error) {
    if (error instanceof ReceiptError) return error.code;
    throw error;
  }
  return "verified";
}

/** The same JWS with its payload changed by `change`, signature left as it was. */
function withPayload(jws: Jws, change: (text: string) => string): Jws {
  return { ...jws, payload: base64url(change(textOf(jws.payload))) };
}

describe("an answer that verifies", () => {
  it("says who asked what, and what was answered by which key", async () => {
    const request = await signedRequest(BANK, { text: OPTIONS });
    const verified = await verifyAnswer(await answerOver(request, { choice: "15m" }), request);
    expect(verified).toMatchObject({
      label: "For 15 minutes",
      srml: { heading: "Grant Administrator" },
      request: { fromId: "payments@ethel.example", toId: "alice@example.com", created: SOME_TIME },
      response: { value: true, choice: "15m", created: SOME_TIME + MINUTE },
    });
    expect(verified.request.signer.kid).toBe(BANK.kid);
    expect(verified.response.signer.kid).toBe(DEVICE.kid);
    expect(Object.isFrozen(verified)).toBe(true);
  });

  it("may be a no, with a reason or without one, and names no option", async () => {
    const request = await signedRequest(BANK, { text: OPTIONS });
    expect(await verifyAnswer(await answerOver(request, { value: false }))).toMatchObject({
      label: undefined,
      response: { value: false, choice: undefined, reason: undefined },
    });
    const alarmed = await verifyAnswer(await answerOver(request, { value: false, reason: "unknown" }));
    expect(alarmed.response.reason).toBe("unknown");
  });

  it("may be a plain draft peer's, over a plain draft peer's request, without any date", async () => {
    const request = foreignRequest(PEER, PLAIN_REQUEST, null);
    const answer = foreignResponse(PEER, { SignedRequest: request, Value: true }, null);
    const { request: opened, response } = await verifyAnswer(answer, request);
    expect([opened.created, opened.expire, response.created]).toEqual([undefined, undefined, undefined]);
  });

  it("verifies for a later reader who did not post the request", async () => {
    expect(await codeOf(await answerOver(await signedRequest(BANK)))).toBe("verified");
  });
});

describe("other_request", () => {
  it("for the same text in a request of another EnquirerID", async () => {
    const posted = await signedRequest(BANK, { enquirerId: "mine" });
    const other = await signedRequest(BANK, { enquirerId: "yesterday's" });
    expect(await codeOf(await answerOver(other), posted)).toBe("other_request");
  });

  it("for the same bytes with another signature of the same key", async () => {
    const posted = await signedRequest(BANK, { enquirerId: "mine" });
    const again = await signedRequest(BANK, { enquirerId: "mine" });
    expect(again.payload).toBe(posted.payload);
    expect(again.signatures[0]?.signature).not.toBe(posted.signatures[0]?.signature);
    expect(await codeOf(await answerOver(again), posted)).toBe("other_request");
  });

  it("for the same text signed by another key", async () => {
    const posted = await signedRequest(BANK, { enquirerId: "mine" });
    const other = await signedRequest(await newKey(), { enquirerId: "mine" });
    expect(await codeOf(await answerOver(other), posted)).toBe("other_request");
  });

  it("for the posted request with its signature flipped: what was answered is not what was posted", async () => {
    const posted = await signedRequest(BANK);
    expect(await codeOf(await answerOver(flippedSignature(posted)), posted)).toBe("other_request");
  });

  it("and never for another kid beside the signature alone, which is not signed", async () => {
    const posted = await signedRequest(BANK);
    const [signature] = posted.signatures;
    if (signature === undefined) throw new Error("There is no signature.");
    const bare = { ...posted, signatures: [{ protected: signature.protected, signature: signature.signature }] };
    expect(await codeOf(await answerOver(bare), posted)).toBe("verified");
  });
});

describe("signature", () => {
  it("for a flipped bit in the answer's signature or payload", async () => {
    const answer = await answerOver(await signedRequest(BANK));
    expect(await codeOf(flippedSignature(answer))).toBe("signature");
    expect(await codeOf(flippedPayload(answer))).toBe("signature");
  });

  it("for a flipped bit in the request's signature or payload, under an answer that is sound", async () => {
    const request = await signedRequest(BANK);
    expect(await codeOf(await answerOver(flippedSignature(request)))).toBe("signature");
    expect(await codeOf(await answerOver(flippedPayload(request)))).toBe("signature");
  });

  it("for a no turned into a yes", async () => {
    const answer = await answerOver(await signedRequest(BANK), { value: false });
    expect(await codeOf(withPayload(answer, (text) => text.replace('"Value":false', '"Value":true ')))).toBe(
      "signature",
    );
  });

  it("for an answer whose kid is another key's", async () => {
    const answer = await answerOver(await signedRequest(BANK));
    const [signature] = answer.signatures;
    if (signature === undefined) throw new Error("There is no signature.");
    expect(await codeOf({ ...answer, signatures: [{ ...signature, header: { kid: BANK.kid } }] })).toBe("signature");
  });

  it("for a request in an answer's place, and an answer in a request's", async () => {
    const request = await signedRequest(BANK);
    expect(await codeOf(request)).toBe("signature");
    expect(await codeOf(await answerOver(await answerOver(request)))).toBe("signature");
  });

  it("for a key that is only named, not given", async () => {
    const named = { alg: "ES256", typ: "confirm-tbs-response+jws", kid: DEVICE.kid };
    const answer = await answerOver(await signedRequest(BANK));
    const [signature] = answer.signatures;
    if (signature === undefined) throw new Error("There is no signature.");
    const bare = { ...answer, signatures: [{ ...signature, protected: base64url(JSON.stringify(named)) }] };
    expect(await codeOf(bare)).toBe("signature");
  });

  it("for our members in an answer without typ", async () => {
    const body = { SignedRequest: await signedRequest(BANK), Value: true, Created: date(SOME_TIME) };
    expect(await codeOf(foreignResponse(PEER, body, null))).toBe("signature");
  });

  it("for a request that expires before it was made", async () => {
    const body = { ...PLAIN_REQUEST, Created: date(SOME_TIME), Expire: date(SOME_TIME - SECOND) };
    expect(await codeOf(await answerOver(foreignRequest(PEER, body)))).toBe("signature");
  });
});

describe("malformed", () => {
  it.each([
    ["two tags", (body: object) => ({ TBSResponse: body, TBSRequest: PLAIN_REQUEST })],
    ["another tag", (body: object) => ({ TBSRequest: body })],
    ["a value that is a text", (body: object) => ({ TBSResponse: { ...body, Value: "true" } })],
    ["no value", (body: object) => ({ TBSResponse: { ...body, Value: undefined } })],
    ["a reason that is not known", (body: object) => ({ TBSResponse: { ...body, Value: false, Reason: "because" } })],
    ["a date that does not exist", (body: object) => ({ TBSResponse: { ...body, Created: "2030-02-31T00:00:00Z" } })],
  ])("for a signed payload with %s", async (_, make) => {
    const header = { alg: "ES256", typ: "confirm-tbs-response+jws", jwk: PEER.jwk };
    const payload = JSON.stringify(make({ SignedRequest: await signedRequest(BANK), Value: true }));
    expect(await codeOf(foreignGeneral(PEER, header, payload))).toBe("malformed");
  });

  it("for a signed payload that says its value twice", async () => {
    const header = { alg: "ES256", typ: "confirm-tbs-response+jws", jwk: PEER.jwk };
    const request = JSON.stringify(await signedRequest(BANK));
    const payload = `{"TBSResponse":{"SignedRequest":${request},"Value":false,"Value":true}}`;
    expect(await codeOf(foreignGeneral(PEER, header, payload))).toBe("malformed");
  });

  it("for a request inside that is none", async () => {
    expect(await codeOf(await answerOver(foreignRequest(PEER, { ...PLAIN_REQUEST, ToID: "nobody" })))).toBe(
      "malformed",
    );
  });
});

describe("text", () => {
  it.each(["<srml/>", "Pay 1 EUR", "<srml><h1>Pay \u202E1 EUR</h1></srml>", "<srml><h1>a</h1><b>c</b></srml>"])(
    "for a text that no responder would have shown: %j",
    async (Text) => {
      expect(await codeOf(await answerOver(foreignRequest(PEER, { ...PLAIN_REQUEST, Text })))).toBe("text");
    },
  );
});

describe("choice", () => {
  it.each([
    ["missing, where there are options", undefined],
    ["foreign", "8h"],
    ["the label of an option that has a value", "For 15 minutes"],
  ])("for a yes whose option is %s", async (_, choice) => {
    const request = await signedRequest(BANK, { text: OPTIONS });
    expect(await codeOf(await answerOver(request, choice === undefined ? {} : { choice }))).toBe("choice");
  });

  it("for a yes that names an option where there are none", async () => {
    expect(await codeOf(await answerOver(await signedRequest(BANK), { choice: "15m" }))).toBe("choice");
  });

  it("for a no that names an option, which a careless reader would take for a yes", async () => {
    const request = await signedRequest(BANK, { text: OPTIONS });
    expect(await codeOf(await answerOver(request, { value: false, choice: "15m" }))).toBe("choice");
  });

  it("for a yes by a user who says that they did not start it", async () => {
    expect(await codeOf(await answerOver(await signedRequest(BANK), { reason: "unknown" }))).toBe("choice");
  });
});

describe("dates", () => {
  it("for an answer from more than two minutes before the request", async () => {
    const request = await signedRequest(BANK);
    expect(await codeOf(await answerOver(request, { created: SOME_TIME - 2 * MINUTE }))).toBe("verified");
    expect(await codeOf(await answerOver(request, { created: SOME_TIME - 2 * MINUTE - SECOND }))).toBe("dates");
  });

  it("for an answer from more than two minutes after the request expired", async () => {
    const request = await signedRequest(BANK);
    expect(await codeOf(await answerOver(request, { created: SOME_TIME + 7 * MINUTE }))).toBe("verified");
    expect(await codeOf(await answerOver(request, { created: SOME_TIME + 7 * MINUTE + SECOND }))).toBe("dates");
    expect(await codeOf(await answerOver(request, { created: SOME_TIME + 365 * DAY }))).toBe("dates");
  });

  it("not where the request says none of its own", async () => {
    const request = foreignRequest(PEER, PLAIN_REQUEST, null);
    expect(await codeOf(await answerOver(request, { created: SOME_TIME - 365 * DAY }))).toBe("verified");
  });
});

describe("a demand", () => {
  it("is none for a no, which may be given to any request", async () => {
    const request = foreignRequest(PEER, { ...PLAIN_REQUEST, Presence: true });
    expect(await codeOf(await answerOver(request, { value: false }))).toBe("verified");
  });

  it.each([
    ["the user's presence, without a proof of it", { Presence: true }, "presence"],
    ["an endorsement", { Endorse: foreignRequest(PEER) }, "unsupported"],
  ])("that a yes does not meet: %s", async (_, demand, code) => {
    expect(await codeOf(await answerOver(foreignRequest(PEER, { ...PLAIN_REQUEST, ...demand })))).toBe(code);
  });
});
