/** A yes to a request that asks for a code: it needs the code that was shown, and nonce and code to show that it was. */
import { describe, expect, it } from "vitest";
import { matchCommitment, newMatchSecret, signResponse } from "../../src/crypto/index.ts";
import { readReceipt, type Receipt, ReceiptError, verifyReceipt, writeReceipt } from "../../src/receipt/index.ts";
import { MINUTE, SOME_TIME } from "../support/fake-clock.ts";
import { newKey, signedRequest } from "../support/signing.ts";

const BANK = await newKey();
const DEVICE = await newKey();
const SECRET = { ...newMatchSecret(), code: "120034" };
const SHOWN = { Nonce: SECRET.nonce, Code: SECRET.code };

interface Typed {
  readonly choice?: string;
  readonly value?: boolean;
  readonly Match?: Receipt["Match"] | "none";
  readonly commitment?: string | undefined;
  readonly buttons?: readonly { readonly label: string }[];
}

async function receiptOf({ choice, value = true, Match = SHOWN, commitment, buttons = [] }: Typed): Promise<Receipt> {
  const match = commitment ?? (await matchCommitment(SECRET));
  const text = { heading: "Pay", buttons };
  const request = await signedRequest(BANK, { text, ...(match === "" ? {} : { match }) });
  const more = choice === undefined ? {} : { choice };
  return {
    BrokerID: "RBKXX-2Q7AB",
    Response: await signResponse(DEVICE, { signedRequest: request, value, created: SOME_TIME + MINUTE, ...more }),
    Devices: [],
    Endorsements: [],
    Revocations: [],
    Trust: "pinned",
    ...(Match === "none" ? {} : { Match }),
  };
}

async function codeOf(typed: Typed): Promise<string> {
  try {
    await verifyReceipt(await receiptOf(typed), { pins: [{ kid: DEVICE.kid }] });
  } catch (error) {
    if (error instanceof ReceiptError) return error.code;
    throw error;
  }
  return "verified";
}

describe("a yes to a request that asks for a code", () => {
  it("verifies with the code that was shown, also after the receipt was written and read, and the check is named", async () => {
    const receipt = readReceipt(writeReceipt(await receiptOf({ choice: "120034" })));
    const { checks } = await verifyReceipt(receipt, { pins: [{ kid: DEVICE.kid }] });
    expect(checks).toContainEqual(expect.objectContaining({ name: "match", outcome: "passed" }));
  });

  it.each<[string, Typed, string]>([
    ["another code", { choice: "120035" }, "wrong_code"],
    ["a longer code that begins alike", { choice: "1200340" }, "wrong_code"],
    ["no code", {}, "choice"],
    ["a word", { choice: "yes" }, "choice"],
    ["five digits", { choice: "12003" }, "choice"],
    ["digits that are not ASCII", { choice: "１２００３４" }, "choice"],
    ["the right code, and a receipt without nonce and code", { choice: "120034", Match: "none" }, "match"],
    [
      "the code that the receipt claims was shown, but was not",
      { choice: "999999", Match: { ...SHOWN, Code: "999999" } },
      "match",
    ],
    ["another nonce", { choice: "120034", Match: { ...SHOWN, Nonce: newMatchSecret().nonce } }, "match"],
    ["a commitment to something else", { choice: "120034", commitment: "a".repeat(42) + "A" }, "match"],
    ["options besides", { choice: "120034", buttons: [{ label: "120034" }] }, "choice"],
  ])("does not verify with %s", async (_, typed, code) => {
    expect(await codeOf(typed)).toBe(code);
  });

  it("is not needed for a no, which may be given to anything", async () => {
    expect(await codeOf({ value: false })).toBe("verified");
    expect(await codeOf({ value: false, Match: "none" })).toBe("verified");
    expect(await codeOf({ value: false, choice: "120034" })).toBe("choice");
  });
});
