/** Reads the bank's own file. What is not what the bank wrote is refused whole: a bank does not guess about money. */
import type { BankState, Booking, Evidence, Link, Payee, Payment, PaymentState } from "./model.ts";

/** The bank's file is not what the bank wrote. */
export class StateError extends Error {
  override readonly name = "StateError";
  readonly code = "state";
}

type Raw = Readonly<Record<string, unknown>>;

/** @throws {StateError} */
export function parseState(text: string): BankState {
  const raw = objectOf(json(text), "file");
  return {
    link: raw["link"] === null ? null : linkOf(objectOf(raw["link"], "link")),
    payees: listOf(raw["payees"], "payees", payeeOf),
    payments: listOf(raw["payments"], "payments", paymentOf),
    bookings: listOf(raw["bookings"], "bookings", bookingOf),
  };
}

export function writeState(state: BankState): string {
  return `${JSON.stringify(state, null, 2)}\n`;
}

function linkOf(raw: Raw): Link {
  return { account: textOf(raw, "account"), deviceKid: textOf(raw, "deviceKid"), since: textOf(raw, "since") };
}

function payeeOf(raw: Raw): Payee {
  const knownSince = raw["knownSince"] === null ? null : textOf(raw, "knownSince");
  return { id: textOf(raw, "id"), name: textOf(raw, "name"), iban: textOf(raw, "iban"), knownSince };
}

function paymentOf(raw: Raw): Payment {
  return {
    id: textOf(raw, "id"),
    payeeId: textOf(raw, "payeeId"),
    payeeName: textOf(raw, "payeeName"),
    iban: textOf(raw, "iban"),
    cents: wholeOf(raw, "cents"),
    reference: textOf(raw, "reference"),
    isFirst: flagOf(raw, "isFirst"),
    created: textOf(raw, "created"),
    state: stateOf(objectOf(raw["state"], "state")),
  };
}

function stateOf(raw: Raw): PaymentState {
  const kind = textOf(raw, "kind");
  switch (kind) {
    case "asking":
      return { kind, deviceKid: textOf(raw, "deviceKid") };
    case "waiting":
      return {
        kind,
        deviceKid: textOf(raw, "deviceKid"),
        brokerId: textOf(raw, "brokerId"),
        expire: wholeOf(raw, "expire"),
      };
    case "paid":
      return { kind, at: textOf(raw, "at"), evidence: raw["evidence"] === null ? null : evidenceOf(raw) };
    case "refused":
      return { kind, at: textOf(raw, "at"), isUnknown: flagOf(raw, "isUnknown"), evidence: evidenceOf(raw) };
    case "expired":
    case "cancelled":
      return { kind, at: textOf(raw, "at") };
    case "failed":
      return { kind, at: textOf(raw, "at"), problem: textOf(raw, "problem") };
    default:
      throw new StateError(`A payment cannot be "${kind}".`);
  }
}

function evidenceOf(state: Raw): Evidence {
  const raw = objectOf(state["evidence"], "evidence");
  return {
    brokerId: textOf(raw, "brokerId"),
    deviceKid: textOf(raw, "deviceKid"),
    receipt: textOf(raw, "receipt"),
  };
}

function bookingOf(raw: Raw): Booking {
  return {
    id: textOf(raw, "id"),
    at: textOf(raw, "at"),
    party: textOf(raw, "party"),
    reference: textOf(raw, "reference"),
    cents: wholeOf(raw, "cents"),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StateError("The bank's file is not JSON.");
  }
}

function objectOf(value: unknown, name: string): Raw {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new StateError(`${name}: no object.`);
  return value as Raw;
}

function listOf<T>(value: unknown, name: string, read: (raw: Raw) => T): readonly T[] {
  if (!Array.isArray(value)) throw new StateError(`${name}: no list.`);
  return value.map((one: unknown) => read(objectOf(one, name)));
}

function textOf(raw: Raw, name: string): string {
  const value = raw[name];
  if (typeof value !== "string") throw new StateError(`${name}: no text.`);
  return value;
}

function wholeOf(raw: Raw, name: string): number {
  const value = raw[name];
  if (!Number.isSafeInteger(value)) throw new StateError(`${name}: no whole number.`);
  return value as number;
}

function flagOf(raw: Raw, name: string): boolean {
  const value = raw[name];
  if (typeof value !== "boolean") throw new StateError(`${name}: neither true nor false.`);
  return value;
}
