/** Which answers the bank believes: the linked device's, about this payment, and no other. */
import { beforeAll, describe, expect, it } from "vitest";
import { signResponse } from "../../../src/crypto/index.ts";
import type { SigningKey } from "../../../src/crypto/index.ts";
import { confirmationText, PAY } from "../../../src/demo/bank/confirmation-text.ts";
import type { Payment } from "../../../src/demo/bank/model.ts";
import { verdictOn } from "../../../src/demo/bank/verdict.ts";
import { type Answered, type AskResult, ReceiptError } from "../../../src/enquirer/index.ts";
import { SOME_TIME } from "../../support/fake-clock.ts";
import { ALICE, newKey, signedRequest } from "../../support/signing.ts";

const AT = new Date(SOME_TIME).toISOString();
const BROKER_ID = "RBKXX-2Q7AB-ZQK2N-5VEIR-4W2LM-OXJ7D";

let device: SigningKey;
let stranger: SigningKey;
let bank: SigningKey;

beforeAll(async () => {
  [device, stranger, bank] = await Promise.all([newKey(), newKey(), newKey()]);
});

function payment(more: Partial<Payment> = {}): Payment {
  return {
    id: "form-1",
    payeeId: "discovery",
    payeeName: "Discovery Shipping GmbH",
    iban: "DE02120300000000202051",
    cents: 120_000,
    reference: "",
    isFirst: true,
    created: AT,
    state: { kind: "asking", deviceKid: device.kid },
    ...more,
  };
}

interface Signed {
  readonly key?: SigningKey;
  readonly about?: Payment;
  readonly to?: string;
  readonly value?: boolean;
  readonly choice?: string;
}

/** An answer as the SDK would hand it over had it believed everything. */
async function answered({
  key = device,
  about = payment(),
  to = ALICE,
  value = true,
  choice,
}: Signed): Promise<Answered> {
  const request = await signedRequest(bank, { text: confirmationText(about), toId: to });
  const Response = await signResponse(key, {
    signedRequest: request,
    value,
    created: SOME_TIME,
    ...(value ? { choice: choice ?? PAY } : {}),
  });
  return {
    result: value ? "accepted" : "rejected",
    choice: value ? PAY : undefined,
    label: undefined,
    reason: undefined,
    deviceKid: device.kid,
    trust: "pinned",
    receipt: { BrokerID: BROKER_ID, Response, Devices: [], Endorsements: [], Revocations: [], Trust: "pinned" },
  };
}

function verdict(result: AskResult, of = payment()) {
  const waiting = { kind: "waiting", deviceKid: device.kid, brokerId: BROKER_ID, expire: SOME_TIME } as const;
  return verdictOn(of, waiting, ALICE, result, AT);
}

describe("verdictOn", () => {
  it("pays on the linked device's yes to this payment, and keeps the receipt", async () => {
    expect(await verdict(await answered({}))).toMatchObject({
      kind: "paid",
      evidence: { brokerId: BROKER_ID, deviceKid: device.kid },
    });
  });

  it("refuses on its no", async () => {
    expect(await verdict(await answered({ value: false }))).toMatchObject({ kind: "refused", isUnknown: false });
  });

  it.each([
    ["another sum", { cents: 120_001 }],
    ["another payee", { payeeName: "Discovery Shipping Ltd" }],
    ["another account of the payee", { iban: "NL91ABNA0417164300" }],
  ])("does not take a yes to %s", async (_, other) => {
    expect(await verdict(await answered({ about: payment(other) }))).toMatchObject({ kind: "failed" });
  });

  it("does not take a yes that names another request or another trust than a pinned device", async () => {
    const good = await answered({});
    const otherId = { ...good.receipt, BrokerID: "RBKXX-2Q7AB-ZQK2N-5VEIR-4W2LM-AAAAA" };
    expect(await verdict({ ...good, receipt: otherId })).toMatchObject({ kind: "failed" });
    expect(await verdict({ ...good, trust: "first-use" })).toMatchObject({ kind: "failed" });
    expect(await verdict({ ...good, deviceKid: stranger.kid })).toMatchObject({ kind: "failed" });
  });

  it("does not take a signed no for a yes", async () => {
    const no = await answered({ value: false });
    expect(await verdict({ ...no, result: "accepted" })).toMatchObject({ kind: "failed" });
  });

  it("refuses a receipt that does not verify: a stranger's, for another account, with an option that was not asked", async () => {
    await expect(answered({ key: stranger }).then((result) => verdict(result))).rejects.toThrow(ReceiptError);
    await expect(answered({ to: "bob@example.com" }).then((result) => verdict(result))).rejects.toThrow(ReceiptError);
    await expect(answered({ choice: "other" }).then((result) => verdict(result))).rejects.toThrow(ReceiptError);
  });

  it.each([
    ["expired", "expired"],
    ["timeout", "expired"],
    ["cancelled", "cancelled"],
    ["refused", "failed"],
    ["removed", "failed"],
  ] as const)("pays nothing when the request is %s", async (result, kind) => {
    expect(await verdict({ result })).toMatchObject({ kind });
  });

  it("decides nothing while the wait is only left", async () => {
    expect(await verdict({ result: "aborted" })).toBeUndefined();
  });
});
