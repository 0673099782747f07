/** What endorses a device, and what only looks like it. */
import { describe, expect, it } from "vitest";
import { signResponse } from "../../src/crypto/index.ts";
import { openEndorsement, ReceiptError } from "../../src/receipt/index.ts";
import { type EndorsementParts, endorsementBy, endorseRequest } from "../support/endorsing.ts";
import { MINUTE, SECOND, SOME_TIME } from "../support/fake-clock.ts";
import { ALICE, flippedSignature, newKey, profileOf, signedRequest } from "../support/signing.ts";

const SERVICE = await newKey();
const ONE = await newKey();
const TWO = await newKey();
const PARTS: EndorsementParts = { service: SERVICE, by: ONE, device: TWO };

async function codeOf(more: Partial<EndorsementParts>): Promise<string> {
  return codeOfJws(await endorsementBy({ ...PARTS, ...more }));
}
async function codeOfJws(jws: Parameters<typeof openEndorsement>[0]): Promise<string> {
  try {
    await openEndorsement(jws);
  } catch (error) {
    if (error instanceof ReceiptError) return error.code;
    throw error;
  }
  return "opened";
}

describe("an endorsement", () => {
  it("says which device, by whom, asked by which broker's key, when", async () => {
    expect(await openEndorsement(await endorsementBy(PARTS))).toMatchObject({
      account: ALICE,
      value: true,
      device: { signingKey: { kid: TWO.kid }, account: ALICE },
      endorser: ONE.kid,
      service: SERVICE.kid,
      created: SOME_TIME,
    });
  });

  it("may be a no, and says so", async () => {
    expect(await openEndorsement(await endorsementBy({ ...PARTS, answer: { value: false } }))).toMatchObject({
      value: false,
    });
  });

  it.each<[string, Partial<EndorsementParts>, string]>([
    ["from another name than the broker's", { request: { fromId: "it@example.com" } }, "endorsement"],
    ["from another domain's broker", { request: { fromId: "confirm@other.example" } }, "endorsement"],
    ["with an option chosen", { answer: { choice: "yes" } }, "endorsement"],
    ["with a reason for a no beside the yes", { answer: { reason: "unknown" } }, "endorsement"],
    ["answered after the request was over", { answer: { created: SOME_TIME + 13 * MINUTE } }, "dates"],
    ["answered before it was asked", { answer: { created: SOME_TIME - 3 * MINUTE } }, "dates"],
  ])("is none %s", async (_, more, code) => {
    expect(await codeOf(more)).toBe(code);
  });

  it("is none for a device of another account, or over a profile that was changed", async () => {
    const foreign = await profileOf(TWO, "bob@example.com");
    expect(await codeOf({ request: { endorse: foreign } })).toBe("endorsement");
    const changed = flippedSignature(await profileOf(TWO));
    expect(await codeOf({ request: { endorse: changed } })).toBe("signature");
  });

  it("is none where the question was about something else", async () => {
    const other = await signedRequest(SERVICE, { fromId: "confirm@example.com" });
    expect(
      await codeOfJws(await signResponse(ONE, { signedRequest: other, value: true, created: SOME_TIME + SECOND })),
    ).toBe("endorsement");
  });

  it("is none with a signature that does not hold, inside or outside", async () => {
    expect(await codeOfJws(flippedSignature(await endorsementBy(PARTS)))).toBe("signature");
    const signedBadly = flippedSignature(await endorseRequest(PARTS));
    expect(
      await codeOfJws(await signResponse(ONE, { signedRequest: signedBadly, value: true, created: SOME_TIME })),
    ).toBe("signature");
  });
});
