/**
 * What may happen to the account, as pure functions from one state to the next. Money moves in `settle` and
 * `orderPayment` alone, with the booking in the same step; a payment that is over never changes again.
 */
import {
  type BankState,
  type Booking,
  isOpen,
  type Link,
  type Payee,
  type Payment,
  type PaymentState,
} from "./model.ts";
import type { Cents } from "./money.ts";

/** A payment above this needs a confirmation even to a known payee. */
export const LARGE_SUM: Cents = 50_000;

export function balanceOf(state: BankState): Cents {
  return state.bookings.reduce((sum, booking) => sum + booking.cents, 0);
}

/** What can be spent: the balance less what open payments hold. */
export function availableOf(state: BankState): Cents {
  return state.payments.filter(isOpen).reduce((sum, payment) => sum - payment.cents, balanceOf(state));
}

export function needsConfirmation(payee: Payee, cents: Cents): boolean {
  return payee.knownSince === null || cents > LARGE_SUM;
}

export function addPayee(state: BankState, payee: Payee): BankState {
  return { ...state, payees: [...state.payees, payee] };
}

/** Links the confirmation account. Once there is one it stays: a password alone must not replace what guards the money. */
export function linkDevice(state: BankState, link: Link): BankState {
  return state.link === null ? { ...state, link } : state;
}

export interface PaymentOrder {
  /** The form's own id. */
  readonly id: string;
  readonly payeeId: string;
  readonly cents: Cents;
  readonly reference: string;
}

export type OrderRefusal = "unknown_payee" | "not_enough" | "not_linked" | "form_used";

export type Ordered =
  | { readonly ok: true; readonly state: BankState; readonly payment: Payment; readonly isNew: boolean }
  | { readonly ok: false; readonly refusal: OrderRefusal };

/**
 * Takes an order: pays at once where no confirmation is needed, else holds the money and leaves the payment `asking`.
 * The same form again is the same payment; the same form with other details is refused.
 */
export function orderPayment(state: BankState, order: PaymentOrder, now: string): Ordered {
  const earlier = state.payments.find((payment) => payment.id === order.id);
  if (earlier !== undefined) {
    const isSame =
      earlier.payeeId === order.payeeId && earlier.cents === order.cents && earlier.reference === order.reference;
    return isSame ? { ok: true, state, payment: earlier, isNew: false } : { ok: false, refusal: "form_used" };
  }
  const payee = state.payees.find((one) => one.id === order.payeeId);
  if (payee === undefined) return { ok: false, refusal: "unknown_payee" };
  if (order.cents > availableOf(state)) return { ok: false, refusal: "not_enough" };
  const isAsked = needsConfirmation(payee, order.cents);
  if (isAsked && state.link === null) return { ok: false, refusal: "not_linked" };
  const payment: Payment = {
    ...order,
    payeeName: payee.name,
    iban: payee.iban,
    isFirst: payee.knownSince === null,
    created: now,
    state: { kind: "asking", deviceKid: state.link?.deviceKid ?? "" },
  };
  const added = { ...state, payments: [...state.payments, payment] };
  const next = isAsked ? added : settle(added, payment.id, { kind: "paid", at: now, evidence: null });
  return { ok: true, state: next, payment: paymentOf(next, payment.id) ?? payment, isNew: true };
}

export function paymentOf(state: BankState, id: string): Payment | undefined {
  return state.payments.find((payment) => payment.id === id);
}

/** Notes that an `asking` payment was posted; one that is over by then stays so. */
export function markWaiting(state: BankState, id: string, waiting: PaymentState & { kind: "waiting" }): BankState {
  return paymentOf(state, id)?.state.kind === "asking" ? withState(state, id, waiting) : state;
}

/** Ends an open payment, and books it when it is paid. One that is over stays as it is. */
export function settle(
  state: BankState,
  id: string,
  end: Exclude<PaymentState, { kind: "asking" | "waiting" }>,
): BankState {
  const payment = paymentOf(state, id);
  if (payment === undefined || !isOpen(payment)) return state;
  const ended = withState(state, id, end);
  if (end.kind !== "paid") return ended;
  const booking: Booking = {
    id: payment.id,
    at: end.at,
    party: payment.payeeName,
    reference: payment.reference,
    cents: -payment.cents,
  };
  const payees = ended.payees.map((payee) =>
    payee.id === payment.payeeId && payee.knownSince === null ? { ...payee, knownSince: end.at } : payee,
  );
  return { ...ended, payees, bookings: [...ended.bookings, booking] };
}

function withState(state: BankState, id: string, next: PaymentState): BankState {
  const payments = state.payments.map((payment) => (payment.id === id ? { ...payment, state: next } : payment));
  return { ...state, payments };
}
