/** One payment: waiting for the customer's device, or how it ended. */
import { ACCOUNT_NAME } from "../confirmation-text.ts";
import { formatIban } from "../iban.ts";
import { type Evidence, isOpen, type Payment } from "../model.ts";
import { formatMoney } from "../money.ts";
import type { Session } from "../web/sessions.ts";
import { type Html, html } from "./html.ts";
import { layout, token } from "./layout.ts";
import { minute } from "./times.ts";

/** Looks again without a script too. */
const LOOK_AGAIN = html`<noscript><meta http-equiv="refresh" content="3" /></noscript>
  <script type="module" src="/assets/poll.mjs"></script>`;

/** @param account the linked confirmation account */
export function paymentPage(session: Session, payment: Payment, account: string, isTroubled: boolean): Html {
  const frame = { title: titleOf(payment), session };
  if (!isOpen(payment)) return layout(frame, ended(payment));
  return layout({ ...frame, head: LOOK_AGAIN }, waiting(session, payment, account, isTroubled));
}

/** The state in a word; what the waiting page's script compares. */
export function stateWord(payment: Payment): string {
  return payment.state.kind;
}

function titleOf({ state }: Payment): string {
  switch (state.kind) {
    case "asking":
    case "waiting":
      return "Waiting for your confirmation";
    case "paid":
      return "Paid";
    case "refused":
      return "Refused";
    case "expired":
      return "Expired";
    case "cancelled":
      return "Cancelled";
    case "failed":
      return "Not paid";
  }
}

function waiting(session: Session, payment: Payment, account: string, isTroubled: boolean): Html {
  const { state } = payment;
  return html`<section
    class="card narrow outcome waiting"
    data-testid="payment"
    data-state="${state.kind}"
    data-poll="/payments/${payment.id}/state"
  >
    <div class="sign" aria-hidden="true"><span class="ring"></span></div>
    <h1 role="status">${titleOf(payment)}</h1>
    <p>
      Open your co-browser in the browser's toolbar: it shows this payment for <strong>${account}</strong>. Accept it
      only if every line agrees.
    </p>
    ${details(payment)}
    ${
      isTroubled
        ? html`<p class="notice bad">
            The confirmation service cannot be reached at the moment. The bank keeps trying.
          </p>`
        : undefined
    }
    ${state.kind === "waiting" && html`<p class="hint">You can answer until ${minute(state.expire)}.</p>`}
    <form method="post" action="/payments/${payment.id}/cancel">
      ${token(session)}
      <button type="submit">Cancel the payment</button>
    </form>
    <noscript><p class="hint">This page looks again every three seconds.</p></noscript>
  </section>`;
}

function ended(payment: Payment): Html {
  const { state } = payment;
  const isPaid = state.kind === "paid";
  return html`<section
    class="card narrow outcome ${isPaid ? "good" : "over"}"
    data-testid="payment"
    data-state="${state.kind}"
  >
    <div class="sign" aria-hidden="true">${isPaid ? "✓" : "–"}</div>
    <h1 role="status">${titleOf(payment)}</h1>
    <p>${sentenceOf(payment)}</p>
    ${details(payment)} ${receipt(payment)}
    <p class="actions"><a class="button" href="/">To your account</a> <a class="button" href="/pay">Pay again</a></p>
  </section>`;
}

function sentenceOf({ state }: Payment): string {
  switch (state.kind) {
    case "paid":
      return state.evidence === null
        ? "The payee is known and the sum is small, so no confirmation was needed."
        : "You accepted it in your co-browser, and the bank keeps your signed answer.";
    case "refused":
      return state.isUnknown
        ? "You said that you did not start this. Nothing was paid; change your password and call the bank."
        : "You rejected it in your co-browser. Nothing was paid.";
    case "expired":
      return "Nobody answered in time. Nothing was paid.";
    case "cancelled":
      return "You cancelled it here. Nothing was paid, and an answer given now does not count.";
    case "failed":
      return state.problem;
    case "asking":
    case "waiting":
      return "";
  }
}

function details(payment: Payment): Html {
  return html`<dl class="pairs details">
    <dt>Amount</dt>
    <dd class="sum">${formatMoney(payment.cents)}</dd>
    <dt>To</dt>
    <dd>${payment.payeeName}</dd>
    <dt>IBAN</dt>
    <dd class="iban">${formatIban(payment.iban)}</dd>
    <dt>From</dt>
    <dd>${ACCOUNT_NAME}</dd>
    ${
      payment.reference === ""
        ? undefined
        : html`<dt>Reference</dt>
            <dd>${payment.reference}</dd>`
    }
  </dl>`;
}

/** The evidence that was kept: a yes and a no alike. */
export function evidenceOf({ state }: Payment): Evidence | null {
  return state.kind === "paid" || state.kind === "refused" ? state.evidence : null;
}

function receipt(payment: Payment): Html | undefined {
  const evidence = evidenceOf(payment);
  if (evidence === null) return undefined;
  return html`<div class="receipt">
    <p>
      <a class="button main" href="/payments/${payment.id}/receipt" download data-testid="receipt"
        >Download the receipt</a
      >
    </p>
    <p class="hint">It holds what the bank asked and what you answered, both signed. Anyone can check it:</p>
    <pre><code>confirm verify ${receiptName(payment)} --pin ${evidence.deviceKid}</code></pre>
  </div>`;
}

/** The name of the receipt's file. */
export function receiptName(payment: Payment): string {
  return `ethel-receipt-${payment.id.replaceAll(/[^A-Za-z0-9]/g, "").slice(0, 8)}.json`;
}
