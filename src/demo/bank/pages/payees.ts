/** The payees, and the form for one more. */
import { formatIban } from "../iban.ts";
import type { Payee } from "../model.ts";
import type { Session } from "../web/sessions.ts";
import { alert, field } from "./field.ts";
import { type Html, html } from "./html.ts";
import { layout, token } from "./layout.ts";
import { day } from "./times.ts";

export interface PayeeForm {
  readonly name: string;
  readonly iban: string;
  readonly problems: { readonly name?: string; readonly iban?: string };
}

export const EMPTY_PAYEE: PayeeForm = { name: "", iban: "", problems: {} };

export function payeesPage(session: Session, payees: readonly Payee[], form: PayeeForm): Html {
  const hasProblem = Object.keys(form.problems).length > 0;
  return layout(
    { title: "Payees", session, here: "/payees" },
    html`<h1>Payees</h1>
      <div class="columns">
        <section class="card" aria-labelledby="known">
          <h2 id="known">Whom you pay</h2>
          <ul class="payees">
            ${payees.map(payeeItem)}
          </ul>
        </section>
        <section class="card" aria-labelledby="add">
          <h2 id="add">Add a payee</h2>
          ${alert(hasProblem ? "The payee was not added." : undefined)}
          <form method="post" action="/payees">
            ${token(session)} ${field({ name: "name", label: "Name", value: form.name, problem: form.problems.name })}
            ${field({
              name: "iban",
              label: "IBAN",
              value: form.iban,
              hint: "With or without spaces, such as DE02 1203 0000 0000 2020 51",
              problem: form.problems.iban,
            })}
            <button class="main" type="submit">Add the payee</button>
          </form>
          <p class="hint">The first payment to a new payee needs your confirmation, however small it is.</p>
        </section>
      </div>`,
  );
}

function payeeItem(payee: Payee): Html {
  return html`<li>
    <div>
      <strong>${payee.name}</strong>
      ${payee.knownSince === null && html`<span class="tag">New</span>`}
      <div class="iban">${formatIban(payee.iban)}</div>
      ${payee.knownSince !== null && html`<div class="hint">Paid since ${day(payee.knownSince)}</div>`}
    </div>
    <a class="button" href="/pay?payee=${payee.id}" aria-label="Pay ${payee.name}">Pay</a>
  </li>`;
}
