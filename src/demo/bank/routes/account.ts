/** The account and its payees. */
import { randomUUID } from "node:crypto";
import { parseIban } from "../iban.ts";
import { addPayee } from "../ledger.ts";
import { overviewPage } from "../pages/overview.ts";
import { EMPTY_PAYEE, payeesPage } from "../pages/payees.ts";
import { parseTextField } from "../text-field.ts";
import { page, type Reply, seeOther } from "../web/reply.ts";
import type { BankRequest, Route } from "../web/route.ts";

const LONGEST_NAME = 70;

export const ACCOUNT_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/",
    access: "customer",
    handle: ({ bank, session }) => page(overviewPage(session, bank.file.state)),
  },
  {
    method: "GET",
    path: "/payees",
    access: "customer",
    handle: ({ bank, session }) => page(payeesPage(session, bank.file.state.payees, EMPTY_PAYEE)),
  },
  { method: "POST", path: "/payees", access: "customer", handle: addPayeeByForm },
];

async function addPayeeByForm({ bank, session, form }: BankRequest): Promise<Reply> {
  const typed = { name: form.get("name") ?? "", iban: form.get("iban") ?? "" };
  const name = parseTextField(typed.name, LONGEST_NAME, true);
  const iban = parseIban(typed.iban);
  const isThere = bank.file.state.payees.some((payee) => payee.iban === iban);
  const problems = {
    ...(name.ok ? {} : { name: name.problem }),
    ...(iban === undefined ? { iban: "This is no IBAN: its check digits or its form are wrong." } : {}),
    ...(isThere ? { iban: "There is a payee with this IBAN already." } : {}),
  };
  if (!name.ok || iban === undefined || isThere) {
    return page(payeesPage(session, bank.file.state.payees, { ...typed, problems }), 422);
  }
  await bank.file.change((state) =>
    // Sent twice at once, it is added once.
    state.payees.some((payee) => payee.iban === iban)
      ? state
      : addPayee(state, { id: randomUUID(), name: name.text, iban, knownSince: null }),
  );
  return seeOther("/payees");
}
