/** What the bank knows, as plain data: one customer with one current account. Times are RFC 3339 in UTC. */
import type { Cents } from "./money.ts";

export interface BankState {
  /** The confirmation account, once the customer has compared its device's fingerprint. */
  readonly link: Link | null;
  readonly payees: readonly Payee[];
  /** Oldest first. */
  readonly payments: readonly Payment[];
  /** Money that moved, oldest first. The balance is their sum. */
  readonly bookings: readonly Booking[];
}

export interface Link {
  /** Such as `alice@localhost`. */
  readonly account: string;
  /** The fingerprint of the one device that may confirm. */
  readonly deviceKid: string;
  readonly since: string;
}

export interface Payee {
  readonly id: string;
  readonly name: string;
  /** Compact. */
  readonly iban: string;
  /** When the first payment to it was made; null for a new one. */
  readonly knownSince: string | null;
}

export interface Payment {
  /** Made with the form, so that a form sent twice is one payment. */
  readonly id: string;
  readonly payeeId: string;
  /** Name and number as they were when the payment was ordered: what is signed. */
  readonly payeeName: string;
  readonly iban: string;
  readonly cents: Cents;
  readonly reference: string;
  readonly isFirst: boolean;
  readonly created: string;
  readonly state: PaymentState;
}

export type PaymentState =
  /** Kept before the request is posted. */
  | { readonly kind: "asking"; readonly deviceKid: string }
  /** Posted; `expire` in milliseconds since 1970. */
  | { readonly kind: "waiting"; readonly deviceKid: string; readonly brokerId: string; readonly expire: number }
  /** Without evidence where none was needed. */
  | { readonly kind: "paid"; readonly at: string; readonly evidence: Evidence | null }
  | { readonly kind: "refused"; readonly at: string; readonly isUnknown: boolean; readonly evidence: Evidence }
  | { readonly kind: "expired" | "cancelled"; readonly at: string }
  | { readonly kind: "failed"; readonly at: string; readonly problem: string };

/** Why the bank believes an answer. */
export interface Evidence {
  readonly brokerId: string;
  readonly deviceKid: string;
  /** The receipt as it is handed out. */
  readonly receipt: string;
}

export interface Booking {
  readonly id: string;
  readonly at: string;
  readonly party: string;
  readonly reference: string;
  /** Negative for money that left. */
  readonly cents: Cents;
}

/** True while the payment can still be paid. */
export function isOpen(payment: Payment): boolean {
  return payment.state.kind === "asking" || payment.state.kind === "waiting";
}
