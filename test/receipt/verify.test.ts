/** A receipt, read years later by somebody who pins the device: what proves it, and what in it proves nothing. */
import { beforeAll, describe, expect, it } from "vitest";
import { openResponse, requestDigest, signResponse, signRevocation, signStamp } from "../../src/crypto/index.ts";
import type { Jws } from "../../src/protocol/index.ts";
import {
  isPinned,
  type Pin,
  readReceipt,
  type Receipt,
  ReceiptError,
  verifyReceipt,
  writeReceipt,
} from "../../src/receipt/index.ts";
import { endorsementBy } from "../support/endorsing.ts";
import { MINUTE, SECOND, SOME_TIME } from "../support/fake-clock.ts";
import { foreignGeneral, foreignKey } from "../support/foreign-signer.ts";
import {
  ALICE,
  flippedPayload,
  flippedSignature,
  foreignRequest,
  foreignResponse,
  newKey,
  PLAIN_REQUEST,
  profileOf,
  signedRequest,
} from "../support/signing.ts";

const BANK = await newKey();
const DEVICE = await newKey();
const STRANGER = await newKey();
const PINS: readonly Pin[] = [{ kid: DEVICE.kid, account: ALICE }];

async function receiptBy(key = DEVICE, more: Partial<Receipt> = {}, request?: Jws): Promise<Receipt> {
  const signed = request ?? (await signedRequest(BANK));
  return {
    BrokerID: "RBKXX-2Q7AB",
    Response: await signResponse(key, { signedRequest: signed, value: true, created: SOME_TIME + MINUTE }),
    Devices: [],
    Endorsements: [],
    Revocations: [],
    Trust: "pinned",
    ...more,
  };
}

async function codeOf(input: Uint8Array | string | Receipt, pins: readonly Pin[] = PINS): Promise<string> {
  try {
    await verifyReceipt(input, { pins });
  } catch (error) {
    if (error instanceof ReceiptError) return error.code;
    throw error;
  }
  return "verified";
}

describe("a receipt", () => {
  it("verifies by the pinned device's answer, as an object, a text or bytes", async () => {
    const receipt = await receiptBy();
    const text = writeReceipt(receipt);
    const verified = await verifyReceipt(text, { pins: PINS });
    expect(verified).toMatchObject({
      brokerId: "RBKXX-2Q7AB",
      trust: "pinned",
      srml: { heading: "Open pod bay doors" },
    });
    expect(verified.response.value).toBe(true);
    expect(await codeOf(new TextEncoder().encode(text))).toBe("verified");
    expect(await codeOf(receipt)).toBe("verified");
    expect(readReceipt(text)).toEqual(receipt);
  });

  it("over a no verifies too, and is a no", async () => {
    const request = await signedRequest(BANK);
    const Response = await signResponse(DEVICE, { signedRequest: request, value: false, created: SOME_TIME });
    const verified = await verifyReceipt(await receiptBy(DEVICE, { Response }), { pins: PINS });
    expect(verified.response.value).toBe(false);
  });

  it("does not claim checks that could not be made: without dates none were compared", async () => {
    const peer = foreignKey();
    const request = foreignRequest(peer, PLAIN_REQUEST, null);
    const undated = await receiptBy(DEVICE, {
      Response: foreignResponse(peer, { SignedRequest: request, Value: true }, null),
    });
    const { checks } = await verifyReceipt(undated, { pins: [{ kid: peer.kid }] });
    expect(checks.map((check) => check.name)).not.toContain("dates");
    const dated = await verifyReceipt(await receiptBy(), { pins: PINS });
    expect(dated.checks).toContainEqual(expect.objectContaining({ name: "dates", outcome: "passed" }));
  });

  it("says each check by its name, in the order in which they were made", async () => {
    const { checks } = await verifyReceipt(await receiptBy(), { pins: PINS });
    expect(checks.map(({ name, outcome }) => `${outcome} ${name}`)).toEqual([
      "passed answer_signature",
      "passed request_signature",
      "passed text",
      "passed dates",
      "passed device",
    ]);
  });

  it("that does not verify says which checks passed and which one failed", async () => {
    const failure: unknown = await verifyReceipt(await receiptBy(STRANGER), { pins: PINS }).catch(
      (error: unknown) => error,
    );
    if (!(failure instanceof ReceiptError)) throw new Error("It verified.");
    expect(failure.checks.slice(0, -1).every(({ outcome }) => outcome === "passed")).toBe(true);
    expect(failure.checks.at(-1)).toEqual({ name: "device", outcome: "failed", detail: failure.message });
    const damaged = await receiptBy(DEVICE, { Response: flippedSignature((await receiptBy()).Response) });
    await expect(verifyReceipt(damaged, { pins: PINS })).rejects.toMatchObject({
      checks: [{ name: "answer_signature", outcome: "failed" }],
    });
  });
});

describe("not_anchored", () => {
  it("for a device that is not pinned", async () => {
    expect(await codeOf(await receiptBy(STRANGER))).toBe("not_anchored");
    expect(await codeOf(await receiptBy(), [])).toBe("not_anchored");
  });

  it("for a device that is pinned for another account", async () => {
    expect(await codeOf(await receiptBy(), [{ kid: DEVICE.kid, account: "bob@example.com" }])).toBe("not_anchored");
  });

  it("for an answer over a request to another account, by a device pinned for its own", async () => {
    const request = await signedRequest(BANK, { toId: "bob@example.com" });
    expect(await codeOf(await receiptBy(DEVICE, {}, request))).toBe("not_anchored");
  });

  it("for the enquirer's own key, though it signed the request inside", async () => {
    expect(await codeOf(await receiptBy(BANK))).toBe("not_anchored");
  });

  it("not for a pin without an account, which may answer for any", async () => {
    expect(await codeOf(await receiptBy(), [{ kid: DEVICE.kid }])).toBe("verified");
  });

  it("for a stranger whose profile is among the receipt's devices: evidence is never an anchor", async () => {
    const profile = await profileOf(STRANGER);
    expect(await codeOf(await receiptBy(STRANGER, { Devices: [profile] }))).toBe("not_anchored");
    expect(await codeOf(await receiptBy(STRANGER, { Devices: [profile] }), [])).toBe("not_anchored");
    expect(await codeOf(await receiptBy(STRANGER, { Devices: [profile], Endorsements: [profile] }))).toBe(
      "not_anchored",
    );
  });

  it("for a stranger's receipt that says of itself that it was pinned", async () => {
    for (const Trust of ["pinned", "endorsed", "first-use"] as const) {
      expect(await codeOf(await receiptBy(STRANGER, { Trust }))).toBe("not_anchored");
    }
  });

  it("not because the pinned device is missing among the receipt's devices", async () => {
    expect(await codeOf(await receiptBy(DEVICE, { Devices: [await profileOf(STRANGER)] }))).toBe("verified");
  });
});

describe("what was changed in a receipt", () => {
  it("is noticed in both layers of signatures", async () => {
    const receipt = await receiptBy();
    expect(await codeOf({ ...receipt, Response: flippedSignature(receipt.Response) })).toBe("signature");
    expect(await codeOf({ ...receipt, Response: flippedPayload(receipt.Response) })).toBe("signature");
    const request = await signedRequest(BANK);
    expect(await codeOf(await receiptBy(DEVICE, {}, flippedSignature(request)))).toBe("signature");
    expect(await codeOf(await receiptBy(DEVICE, {}, flippedPayload(request)))).toBe("signature");
  });

  it("of the enquirer's opinion is reported as that, and changes nothing else", async () => {
    const receipt = await receiptBy(DEVICE, { Trust: "first-use" });
    expect((await verifyReceipt({ ...receipt, Trust: "pinned" }, { pins: PINS })).trust).toBe("pinned");
    expect(await codeOf({ ...receipt, Trust: "pinned" }, [])).toBe("not_anchored");
  });
});

describe("malformed", () => {
  const text = async (): Promise<string> => writeReceipt(await receiptBy());

  it.each<[string, (text: string) => string | Uint8Array]>([
    ["nothing", () => ""],
    ["no JSON", () => "The receipt verifies."],
    ["a file that was cut off", (whole) => whole.slice(0, -10)],
    ["a second member beside the tag", (whole) => whole.replace('{\n  "Receipt"', '{"Other":{},"Receipt"')],
    ["another tag", (whole) => whole.replace('"Receipt"', '"Invoice"')],
    ["a member twice", (whole) => whole.replace('"BrokerID"', '"Trust":"first-use","BrokerID"')],
    ["two receipts", (whole) => whole + whole],
    ["a bare receipt without its tag", (whole) => JSON.stringify((JSON.parse(whole) as { Receipt: object }).Receipt)],
    ["a trust that is not known", (whole) => whole.replace('"pinned"', '"certain"')],
    ["no answer", (whole) => whole.replace('"Response"', '"Answer"')],
    ["an answer with two signatures", (whole) => whole.replace('"signatures": [', '"signatures": [{},')],
    ["bytes that are not UTF-8", (whole) => Uint8Array.of(...new TextEncoder().encode(whole).subarray(0, 40), 0xff)],
    ["a forbidden name", (whole) => whole.replace('"BrokerID"', '"__proto__":{},"BrokerID"')],
    ["more than a megabyte", (whole) => whole + " ".repeat(1024 * 1024)],
    ["too many devices", (whole) => whole.replace('"Devices": []', `"Devices": [${"{},".repeat(128)}{}]`)],
  ])("for %s", async (_, damage) => {
    expect(await codeOf(damage(await text()))).toBe("malformed");
  });
});

describe("isPinned", () => {
  it("wants the whole fingerprint, as it is written", () => {
    expect(isPinned(PINS, ALICE, DEVICE.kid)).toBe(true);
    expect(isPinned(PINS, ALICE, DEVICE.kid.slice(0, -1))).toBe(false);
    expect(isPinned(PINS, ALICE, "")).toBe(false);
    expect(isPinned([{ kid: DEVICE.kid.slice(0, 11) }], ALICE, DEVICE.kid)).toBe(false);
    expect(isPinned([{ kid: "" }], ALICE, DEVICE.kid)).toBe(false);
  });
});

const NEXT = await newKey();
const SERVICE = await newKey();

describe("a receipt of an endorsed device", () => {
  const known = { pins: PINS, services: [SERVICE.kid] };
  let receipt: Receipt;
  beforeAll(async () => {
    const Endorsements = [await endorsementBy({ service: SERVICE, by: DEVICE, device: NEXT })];
    receipt = await receiptBy(NEXT, { Endorsements, Trust: "endorsed" });
  });

  it("verifies from the first device's pin and the broker's, and says by which way", async () => {
    const { anchor, checks } = await verifyReceipt(receipt, known);
    expect(anchor).toBe("endorsed");
    expect(checks.at(-1)).toMatchObject({ name: "device", outcome: "passed" });
    const { detail = "" } = checks.at(-1) ?? {};
    expect(detail).toContain(`endorsed by ${DEVICE.kid}, pinned for ${ALICE}`);
  });

  it("does not verify from one of the two pins alone, and says what is missing", async () => {
    expect(await codeOf(receipt, [])).toBe("not_anchored");
    const error: unknown = await verifyReceipt(receipt, { pins: PINS }).catch((thrown: unknown) => thrown);
    if (!(error instanceof ReceiptError)) throw new Error("It verified.");
    expect(error.code).toBe("not_anchored");
    expect(error.message).toContain(`asked by ${SERVICE.kid}`);
    expect(error.checks.at(-1)).toMatchObject({ name: "device", outcome: "failed" });
    await expect(verifyReceipt(receipt, { pins: [], services: [SERVICE.kid] })).rejects.toThrow(/not pinned/);
  });

  it("does not verify where another broker asked for the endorsement", async () => {
    const other = [await endorsementBy({ service: BANK, by: DEVICE, device: NEXT })];
    await expect(verifyReceipt({ ...receipt, Endorsements: other }, known)).rejects.toMatchObject({
      code: "not_anchored",
    });
  });

  it("does not take the broker's own key for a device, though it is pinned as the broker's", async () => {
    await expect(verifyReceipt(await receiptBy(SERVICE), known)).rejects.toMatchObject({ code: "not_anchored" });
  });
});

describe("a receipt of a revoked device", () => {
  const at = SOME_TIME + MINUTE;
  const revokedAt = async (created: number): Promise<Receipt> =>
    receiptBy(DEVICE, { Revocations: [await signRevocation(DEVICE, { account: ALICE, kid: DEVICE.kid, created })] });

  it("does not verify where the answer is dated after the revocation, or in its second, or not at all", async () => {
    expect(await codeOf(await revokedAt(at - SECOND))).toBe("revoked");
    expect(await codeOf(await revokedAt(at))).toBe("revoked");
    const peer = foreignKey();
    const undated = await receiptBy(DEVICE, {
      Response: foreignResponse(peer, { SignedRequest: foreignRequest(peer, PLAIN_REQUEST, null), Value: true }, null),
      Revocations: [
        foreignGeneral(
          peer,
          { alg: "ES256", typ: "confirm-device-revocation+jws", jwk: peer.jwk },
          JSON.stringify({ DeviceRevocation: { Account: ALICE, Kid: peer.kid, Created: "2040-01-01T00:00:00Z" } }),
        ),
      ],
    });
    expect(await codeOf(undated, [{ kid: peer.kid }])).toBe("revoked");
  });

  it("verifies where the answer is dated before, and says by whose clock", async () => {
    const { checks } = await verifyReceipt(await revokedAt(at + SECOND), { pins: PINS });
    expect(checks.at(-1)).toMatchObject({ name: "revocation", outcome: "passed" });
    expect(checks.at(-1)?.detail).toMatch(/revoked later, at .*, says itself; when it answered is its own word/);
  });

  it("is not made one by a stranger's revocation", async () => {
    const Revocations = [await signRevocation(STRANGER, { account: ALICE, kid: DEVICE.kid, created: SOME_TIME })];
    expect(await codeOf(await receiptBy(DEVICE, { Revocations }))).toBe("verified");
  });
});

describe("the pin of a broker alone", () => {
  const stamped = async (service = SERVICE): Promise<Receipt> => {
    const receipt = await receiptBy();
    const { signedRequest: request } = await openResponse(receipt.Response);
    const Stamp = await signStamp(service, {
      requestDigest: await requestDigest(request),
      responseDigest: await requestDigest(receipt.Response),
      received: SOME_TIME + MINUTE,
    });
    return { ...receipt, Stamp };
  };
  const only = { pins: [], services: [SERVICE.kid], vouching: [SERVICE.kid] };

  it("proves what the broker stamped, where the verifier says that its word is enough, and is called that", async () => {
    const { anchor, checks } = await verifyReceipt(await stamped(), only);
    expect(anchor).toBe("vouched");
    expect(checks.find(({ name }) => name === "device")?.detail).toMatch(/^not pinned: only the broker .* says/);
  });

  it("proves nothing without its stamp, by another's, or where the verifier did not say so", async () => {
    for (const [receipt, known] of [
      [await receiptBy(), only],
      [await stamped(STRANGER), only],
      [await stamped(), { ...only, vouching: [] }],
      [await stamped(), { pins: [], vouching: [SERVICE.kid] }],
    ] as const) {
      await expect(verifyReceipt(receipt, known)).rejects.toMatchObject({ code: "not_anchored" });
    }
  });

  it("lets its date speak against a device that dated its answer back", async () => {
    const revoked = async (created: number): Promise<Receipt> => ({
      ...(await stamped()),
      Revocations: [await signRevocation(DEVICE, { account: ALICE, kid: DEVICE.kid, created })],
    });
    const known = { pins: PINS, services: [SERVICE.kid] };
    const { checks } = await verifyReceipt(await revoked(SOME_TIME + 2 * MINUTE), known);
    expect(checks.find(({ name }) => name === "revocation")?.detail).toMatch(/the broker's stamp is from before that/);
    const backdated = await signResponse(DEVICE, {
      ...{ signedRequest: (await openResponse((await receiptBy()).Response)).signedRequest, value: true },
      created: SOME_TIME - MINUTE,
    });
    const Stamp = await signStamp(SERVICE, {
      requestDigest: (await openResponse(backdated)).requestDigest,
      responseDigest: await requestDigest(backdated),
      received: SOME_TIME + 4 * MINUTE,
    });
    const receipt = { ...(await revoked(SOME_TIME)), Response: backdated, Stamp };
    await expect(verifyReceipt(receipt, known)).rejects.toMatchObject({ code: "revoked" });
    const { Stamp: _, ...unstamped } = receipt;
    expect((await verifyReceipt(unstamped, known)).anchor).toBe("pinned");
  });

  it("does not outdo a revocation", async () => {
    const Revocations = [await signRevocation(DEVICE, { account: ALICE, kid: DEVICE.kid, created: SOME_TIME })];
    await expect(verifyReceipt({ ...(await stamped()), Revocations }, only)).rejects.toMatchObject({ code: "revoked" });
  });
});
