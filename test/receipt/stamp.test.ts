/** The broker's stamp in a receipt: when it counts, when it is ignored, and when it shows that the receipt was changed. */
import { describe, expect, it } from "vitest";
import { type NewStamp, requestDigest, signResponse, signStamp } from "../../src/crypto/index.ts";
import {
  readReceipt,
  type Receipt,
  ReceiptError,
  type VerifierPins,
  verifyReceipt,
  writeReceipt,
} from "../../src/receipt/index.ts";
import { MINUTE, SECOND, SOME_TIME } from "../support/fake-clock.ts";
import { ALICE, newKey, signedRequest } from "../support/signing.ts";

const BANK = await newKey();
const DEVICE = await newKey();
const SERVICE = await newKey();
const KNOWN: VerifierPins = { pins: [{ kid: DEVICE.kid, account: ALICE }], services: [SERVICE.kid] };
const ANSWERED = SOME_TIME + MINUTE;

/** A receipt with a stamp: of its own answer, a second after the device's date, unless `stamp` says otherwise. */
async function stamped(stamp: Partial<NewStamp> = {}, key = SERVICE): Promise<Receipt> {
  const request = await signedRequest(BANK);
  const Response = await signResponse(DEVICE, { signedRequest: request, value: true, created: ANSWERED });
  const whole = {
    requestDigest: await requestDigest(request),
    responseDigest: await requestDigest(Response),
    received: ANSWERED + SECOND,
    ...stamp,
  };
  return {
    BrokerID: "RBKXX-2Q7AB",
    Response,
    Devices: [],
    Endorsements: [],
    Revocations: [],
    Stamp: await signStamp(key, whole),
    Trust: "pinned",
  };
}

async function outcomeOf(receipt: Receipt, anchors = KNOWN): Promise<string> {
  try {
    const { checks } = await verifyReceipt(receipt, anchors);
    return checks.find(({ name }) => name === "stamp")?.outcome ?? "not checked";
  } catch (error) {
    if (error instanceof ReceiptError) return error.code;
    throw error;
  }
}

describe("a stamp", () => {
  it("by a service that the verifier knows dates the answer, also after the receipt was written and read", async () => {
    const receipt = readReceipt(writeReceipt(await stamped()));
    expect((await verifyReceipt(receipt, KNOWN)).received).toEqual({ at: ANSWERED + SECOND, serviceKid: SERVICE.kid });
  });

  it("by another service is ignored, and says so: the answer stands, its date by the broker does not", async () => {
    for (const services of [undefined, [], [DEVICE.kid]]) {
      const anchors = { pins: KNOWN.pins, ...(services === undefined ? {} : { services }) };
      const verified = await verifyReceipt(await stamped(), anchors);
      expect(verified.received).toBeUndefined();
      expect(verified.checks.find(({ name }) => name === "stamp")).toMatchObject({ name: "stamp", outcome: "ignored" });
    }
  });

  it("is not missed where there is none", async () => {
    const { Stamp: _, ...bare } = await stamped();
    const verified = await verifyReceipt(bare, KNOWN);
    expect(verified.received).toBeUndefined();
    expect(verified.checks.map(({ name }) => name)).not.toContain("stamp");
  });

  it("of another request or another answer is refused, whoever signed it", async () => {
    const other = "a".repeat(42) + "A";
    for (const anchors of [KNOWN, { pins: KNOWN.pins }]) {
      expect(await outcomeOf(await stamped({ requestDigest: other }), anchors)).toBe("stamp");
      expect(await outcomeOf(await stamped({ responseDigest: other }), anchors)).toBe("stamp");
    }
  });

  it("that was changed is refused", async () => {
    const receipt = await stamped();
    const later = await stamped({ received: ANSWERED + MINUTE });
    if (receipt.Stamp === undefined || later.Stamp === undefined) throw new Error("no stamp");
    expect(await outcomeOf({ ...receipt, Stamp: { ...receipt.Stamp, payload: later.Stamp.payload } })).toBe("stamp");
  });

  it.each<[string, number, string]>([
    ["within two minutes before the device's date", ANSWERED - 120 * SECOND, "passed"],
    ["more than two minutes before the device's date", ANSWERED - 121 * SECOND, "stamp"],
    ["within two minutes after the request's end", SOME_TIME + 5 * MINUTE + 120 * SECOND, "passed"],
    ["more than two minutes after the request's end", SOME_TIME + 5 * MINUTE + 121 * SECOND, "stamp"],
    ["before the request was made", SOME_TIME - 121 * SECOND, "stamp"],
  ])("dated %s", async (_, received, outcome) => {
    expect(await outcomeOf(await stamped({ received }))).toBe(outcome);
  });

  it("does not make a service's key a device's", async () => {
    const receipt = await stamped();
    const Response = await signResponse(SERVICE, {
      signedRequest: await signedRequest(BANK),
      value: true,
      created: ANSWERED,
    });
    const { Stamp: _, ...bare } = { ...receipt, Response };
    expect(await outcomeOf(bare)).toBe("not_anchored");
  });
});
