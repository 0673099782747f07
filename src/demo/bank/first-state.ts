/** The customer of the demo, and what her account looks like on the first day. */
import type { BankState, Booking } from "./model.ts";
import type { Cents } from "./money.ts";

export const CUSTOMER = { name: "Alice Marlow", user: "alice", password: "teapot-4711" } as const;

const DAY_MS = 24 * 3600_000;

const PAST: readonly (readonly [daysAgo: number, party: string, reference: string, cents: Cents])[] = [
  [34, "Opening balance", "Carried forward", 582_914],
  [29, "Observatory of Ethel", "Salary", 341_250],
  [27, "Canal House Lettings", "Rent", -98_000],
  [21, "Alpine Power", "Electricity", -7_425],
  [13, "Market Hall", "Card payment", -4_380],
  [8, "Night Train Company", "Two tickets", -11_890],
  [3, "Corner Bakery", "Card payment", -1_232],
];

/** @param now milliseconds since 1970 */
export function firstState(now: number): BankState {
  const dayAgo = (days: number): string => new Date(now - days * DAY_MS).toISOString();
  const bookings = PAST.map(([days, party, reference, cents], index): Booking => {
    return { id: `past-${index}`, at: dayAgo(days), party, reference, cents };
  });
  return {
    link: null,
    payees: [
      { id: "canal-house", name: "Canal House Lettings", iban: "NL91ABNA0417164300", knownSince: dayAgo(900) },
      { id: "alpine-power", name: "Alpine Power", iban: "AT611904300234573201", knownSince: dayAgo(700) },
    ],
    payments: [],
    bookings,
  };
}
