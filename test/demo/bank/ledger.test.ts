/** What may happen to the account, and that money moves once. */
import { describe, expect, it } from "vitest";
import { firstState } from "../../../src/demo/bank/first-state.ts";
import {
  addPayee,
  availableOf,
  balanceOf,
  linkDevice,
  markWaiting,
  orderPayment,
  paymentOf,
  settle,
} from "../../../src/demo/bank/ledger.ts";
import type { BankState, Payment } from "../../../src/demo/bank/model.ts";
import { SOME_TIME } from "../../support/fake-clock.ts";

const NOW = new Date(SOME_TIME).toISOString();
const LINK = { account: "alice@localhost", deviceKid: "MDDK7-N6A72-7AJZN-OSTRX-XKS7D-JAFXI", since: NOW };
const PAYEE = { id: "discovery", name: "Discovery Shipping GmbH", iban: "DE02120300000000202051", knownSince: null };
const PAID = { kind: "paid", at: NOW, evidence: null } as const;
const ORDER = { id: "form-1", payeeId: PAYEE.id, cents: 120_000, reference: "" };

const fresh = addPayee(firstState(SOME_TIME), PAYEE);
const linked = linkDevice(fresh, LINK);

function ordered(state: BankState, order: Partial<typeof ORDER> = {}): { state: BankState; payment: Payment } {
  const result = orderPayment(state, { ...ORDER, ...order }, NOW);
  if (!result.ok) throw new Error(result.refusal);
  return result;
}

describe("orderPayment", () => {
  it("pays a known payee a small sum at once", () => {
    const { state, payment } = ordered(fresh, { payeeId: "canal-house", cents: 50_000 });
    expect(payment.state).toEqual(PAID);
    expect(balanceOf(state)).toBe(balanceOf(fresh) - 50_000);
  });

  it.each([
    ["a new payee, however small the sum", { cents: 1 }],
    ["a large sum, however well known the payee", { payeeId: "canal-house", cents: 50_001 }],
  ])("asks about %s, and refuses it while no account is linked", (_, order) => {
    expect(orderPayment(fresh, { ...ORDER, ...order }, NOW)).toEqual({ ok: false, refusal: "not_linked" });
    const { state, payment } = ordered(linked, order);
    expect(payment.state).toEqual({ kind: "asking", deviceKid: LINK.deviceKid });
    expect(balanceOf(state)).toBe(balanceOf(linked));
  });

  it("holds the money of open payments, so that it cannot be promised twice", () => {
    const all = availableOf(linked);
    const { state } = ordered(linked, { cents: all });
    expect(availableOf(state)).toBe(0);
    expect(orderPayment(state, { ...ORDER, id: "form-2", cents: 1 }, NOW)).toEqual({
      ok: false,
      refusal: "not_enough",
    });
    const over = settle(state, ORDER.id, { kind: "expired", at: NOW });
    expect(availableOf(over)).toBe(all);
  });

  it("takes a form once: again it is the same payment, with other details it is refused", () => {
    const { state } = ordered(linked);
    const again = orderPayment(state, ORDER, NOW);
    expect(again).toMatchObject({ ok: true, isNew: false });
    expect(again.ok && again.state).toBe(state);
    expect(orderPayment(state, { ...ORDER, cents: 1 }, NOW)).toEqual({ ok: false, refusal: "form_used" });
  });

  it("refuses an unknown payee and more than there is", () => {
    expect(orderPayment(linked, { ...ORDER, payeeId: "nobody" }, NOW)).toEqual({ ok: false, refusal: "unknown_payee" });
    const cents = balanceOf(linked) + 1;
    expect(orderPayment(linked, { ...ORDER, cents }, NOW)).toEqual({ ok: false, refusal: "not_enough" });
  });
});

describe("settle", () => {
  it("books a payment once, however often it is settled, and knows the payee from then on", () => {
    const { state } = ordered(linked);
    const once = settle(state, ORDER.id, PAID);
    expect(balanceOf(once)).toBe(balanceOf(linked) - ORDER.cents);
    expect(once.payees.find((payee) => payee.id === PAYEE.id)?.knownSince).toBe(NOW);
    expect(settle(once, ORDER.id, PAID)).toBe(once);
  });

  it.each(["expired", "cancelled"] as const)("never pays what is %s", (kind) => {
    const over = settle(ordered(linked).state, ORDER.id, { kind, at: NOW });
    expect(settle(over, ORDER.id, PAID)).toBe(over);
    expect(balanceOf(over)).toBe(balanceOf(linked));
  });

  it("ignores a payment that there is not", () => {
    expect(settle(linked, "nothing", PAID)).toBe(linked);
  });
});

describe("markWaiting", () => {
  it("does not bring a cancelled payment back", () => {
    const over = settle(ordered(linked).state, ORDER.id, { kind: "cancelled", at: NOW });
    const waiting = { kind: "waiting", deviceKid: LINK.deviceKid, brokerId: "R", expire: SOME_TIME } as const;
    expect(paymentOf(markWaiting(over, ORDER.id, waiting), ORDER.id)?.state.kind).toBe("cancelled");
  });
});

describe("linkDevice", () => {
  it("keeps the device that is linked: a password alone replaces nothing", () => {
    expect(linkDevice(linked, { ...LINK, account: "mallory@localhost" }).link).toEqual(LINK);
  });
});
