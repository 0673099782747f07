/** Ordering a payment, looking at it, cancelling it, and its receipt. */
import { randomBytes } from "node:crypto";
import { type Ordered, orderPayment, type OrderRefusal, paymentOf } from "../ledger.ts";
import { isOpen, type Payment } from "../model.ts";
import { parseAmount } from "../money.ts";
import { type PayForm, payPage } from "../pages/pay.ts";
import { evidenceOf, paymentPage, receiptName, stateWord } from "../pages/payment.ts";
import { problemPage } from "../pages/problem.ts";
import { parseTextField } from "../text-field.ts";
import { download, json, page, type Reply, seeOther } from "../web/reply.ts";
import type { BankRequest, Route } from "../web/route.ts";

const LONGEST_REFERENCE = 140;
const FORM_ID = /^[A-Za-z0-9_-]{22}$/;

const REFUSALS: Readonly<Record<OrderRefusal, PayForm["problems"]>> = {
  unknown_payee: { payee: "Choose a payee." },
  not_enough: { amount: "There is not enough money in the account." },
  not_linked: {
    form: "This payment needs your confirmation, and no confirmation account is linked. Nothing was paid. Link your co-browser first.",
  },
  form_used: {
    form: "This form was sent before with other details. Nothing more was paid; check it and send it again.",
  },
};

export const PAYMENT_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/pay",
    access: "customer",
    handle: ({ bank, session, query }) =>
      page(payPage(session, bank.file.state, newForm({ payeeId: query.get("payee") ?? "" }))),
  },
  { method: "POST", path: "/pay", access: "customer", handle: pay },
  {
    method: "GET",
    path: "/payments/:id",
    access: "customer",
    handle: (request) =>
      withPayment(request, (payment) => {
        const { bank, session } = request;
        return page(paymentPage(session, payment, bank.file.state.link?.account ?? "", bank.isTroubled()));
      }),
  },
  {
    method: "GET",
    path: "/payments/:id/state",
    access: "customer",
    handle: (request) => withPayment(request, (payment) => json({ state: stateWord(payment) })),
  },
  {
    method: "GET",
    path: "/payments/:id/receipt",
    access: "customer",
    handle: (request) =>
      withPayment(request, (payment) => {
        const evidence = evidenceOf(payment);
        return evidence === null ? missing() : download(receiptName(payment), evidence.receipt);
      }),
  },
  {
    method: "POST",
    path: "/payments/:id/cancel",
    access: "customer",
    handle: (request) =>
      withPayment(request, async (payment) => {
        if (isOpen(payment)) await request.bank.confirmations.cancel(payment.id);
        return seeOther(`/payments/${payment.id}`);
      }),
  },
];

async function pay({ bank, session, form }: BankRequest): Promise<Reply> {
  const id = form.get("form") ?? "";
  const typed: PayForm = {
    id: FORM_ID.test(id) ? id : newFormId(),
    payeeId: form.get("payee") ?? "",
    amount: form.get("amount") ?? "",
    reference: form.get("reference") ?? "",
    problems: {},
  };
  const cents = parseAmount(typed.amount);
  const reference = parseTextField(typed.reference, LONGEST_REFERENCE, false);
  const isKnown = bank.file.state.payees.some((payee) => payee.id === typed.payeeId);
  if (cents === undefined || !reference.ok || !isKnown) {
    const problems = {
      ...(isKnown ? {} : REFUSALS.unknown_payee),
      ...(cents === undefined ? { amount: "Write the amount as 49.90 or 1,200.00." } : {}),
      ...(reference.ok ? {} : { reference: reference.problem }),
    };
    return page(payPage(session, bank.file.state, { ...typed, problems }), 422);
  }
  const order = { id: typed.id, payeeId: typed.payeeId, cents, reference: reference.text };
  const ordered: Ordered[] = [];
  await bank.file.change((state) => {
    const result = orderPayment(state, order, new Date(bank.clock()).toISOString());
    ordered.push(result);
    return result.ok ? result.state : state;
  });
  const [result] = ordered;
  if (result?.ok !== true) {
    const refusal = result?.refusal ?? "unknown_payee";
    const again = refusal === "form_used" ? { ...typed, id: newFormId() } : typed;
    return page(payPage(session, bank.file.state, { ...again, problems: REFUSALS[refusal] }), 422);
  }
  if (result.isNew && isOpen(result.payment)) bank.confirmations.ask(result.payment.id);
  return seeOther(`/payments/${result.payment.id}`);
}

function withPayment(
  { bank, id }: BankRequest,
  handle: (payment: Payment) => Reply | Promise<Reply>,
): Reply | Promise<Reply> {
  const payment = paymentOf(bank.file.state, id);
  return payment === undefined ? missing() : handle(payment);
}

function missing(): Reply {
  return page(problemPage("There is no such payment", "Look for it in your account."), 404);
}

function newForm(given: Partial<PayForm>): PayForm {
  return { id: newFormId(), payeeId: "", amount: "", reference: "", problems: {}, ...given };
}

function newFormId(): string {
  return randomBytes(16).toString("base64url");
}
