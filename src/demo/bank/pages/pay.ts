/** The form for a payment. It carries an id of its own, so that sending it twice is one payment. */
import { ACCOUNT_NAME } from "../confirmation-text.ts";
import { formatIban } from "../iban.ts";
import { availableOf, LARGE_SUM } from "../ledger.ts";
import type { BankState } from "../model.ts";
import { formatMoney } from "../money.ts";
import type { Session } from "../web/sessions.ts";
import { alert, field, problemLine } from "./field.ts";
import { type Html, html } from "./html.ts";
import { layout, token } from "./layout.ts";

export interface PayForm {
  readonly id: string;
  readonly payeeId: string;
  readonly amount: string;
  readonly reference: string;
  readonly problems: {
    readonly form?: string;
    readonly payee?: string;
    readonly amount?: string;
    readonly reference?: string;
  };
}

export function payPage(session: Session, state: BankState, form: PayForm): Html {
  const { problems } = form;
  const general =
    problems.form ?? (Object.keys(problems).length > 0 ? "Nothing was paid. Look at the marked fields." : undefined);
  return layout(
    { title: "Pay", session, here: "/pay" },
    html`<h1>Pay</h1>
      <section class="card narrow">
        ${alert(general)}
        <form method="post" action="/pay">
          ${token(session)}
          <input type="hidden" name="form" value="${form.id}" />
          <div class="field">
            <span class="label">From</span>
            <p class="fixed">${ACCOUNT_NAME}, ${formatMoney(availableOf(state))} available</p>
          </div>
          ${payeeChoice(state, form)}
          ${field({
            name: "amount",
            label: "Amount in EUR",
            value: form.amount,
            hint: "Such as 49.90 or 1,200.00",
            problem: problems.amount,
            inputmode: "decimal",
          })}
          ${field({
            name: "reference",
            label: "Reference",
            value: form.reference,
            problem: problems.reference,
            isOptional: true,
          })}
          <button class="main" type="submit">Pay</button>
        </form>
        <p class="hint">
          ${
            state.link === null
              ? html`New payees and sums over ${formatMoney(LARGE_SUM)} need a confirmation, and no account for that is
                  linked yet. <a href="/confirmation">Link your co-browser</a>`
              : `A new payee, or a sum over ${formatMoney(LARGE_SUM)}, is paid once you have accepted it in your co-browser.`
          }
        </p>
      </section>`,
  );
}

function payeeChoice(state: BankState, { payeeId, problems }: PayForm): Html {
  const options = state.payees.map((payee) => {
    const label = `${payee.name}, ${formatIban(payee.iban)}${payee.knownSince === null ? " (new)" : ""}`;
    return payee.id === payeeId
      ? html`<option value="${payee.id}" selected>${label}</option>`
      : html`<option value="${payee.id}">${label}</option>`;
  });
  return html`<div class="field">
    <label for="payee">Payee</label>
    ${problemLine("payee", problems.payee)}
    <select
      id="payee"
      name="payee"
      aria-invalid="${problems.payee === undefined ? "false" : "true"}"
      aria-describedby="${problems.payee === undefined ? "" : "payee-problem"}"
    >
      <option value="">Choose</option>
      ${options}
    </select>
    <p class="hint"><a href="/payees">Add a payee</a></p>
  </div>`;
}
