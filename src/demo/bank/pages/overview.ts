/** The account: balance, what waits for a confirmation, and what happened. */
import { ACCOUNT_NUMBER } from "../confirmation-text.ts";
import { CUSTOMER } from "../first-state.ts";
import { availableOf, balanceOf } from "../ledger.ts";
import { type BankState, type Booking, isOpen, type Payment } from "../model.ts";
import { formatAmount, formatMoney } from "../money.ts";
import type { Session } from "../web/sessions.ts";
import { type Html, html } from "./html.ts";
import { layout } from "./layout.ts";
import { day } from "./times.ts";

export function overviewPage(session: Session, state: BankState): Html {
  const balance = balanceOf(state);
  const available = availableOf(state);
  const open = state.payments.filter(isOpen);
  return layout(
    { title: "Account", session, here: "/" },
    html`<h1>Good day, ${CUSTOMER.name.split(" ")[0]}</h1>
      ${state.link === null && linkNotice()} ${open.length > 0 && openPayments(open)}
      <section class="card account" aria-labelledby="account">
        <div>
          <h2 id="account">Current account ${ACCOUNT_NUMBER}</h2>
          <p class="balance"><span data-testid="balance">${formatAmount(balance)}</span> <small>EUR</small></p>
          ${available !== balance && html`<p class="hint">${formatMoney(available)} available</p>`}
        </div>
        <p class="actions">
          <a class="button main" href="/pay">Pay</a> <a class="button" href="/payees">Add a payee</a>
        </p>
      </section>
      <section class="card" aria-labelledby="transactions">
        <h2 id="transactions">Transactions</h2>
        <table>
          <thead>
            <tr>
              <th scope="col">Date</th>
              <th scope="col">To or from</th>
              <th scope="col" class="reference">Reference</th>
              <th scope="col" class="amount">EUR</th>
            </tr>
          </thead>
          <tbody>
            ${state.bookings.toReversed().map(bookingRow)}
          </tbody>
        </table>
      </section>`,
  );
}

function linkNotice(): Html {
  return html`<p class="notice">
    No confirmation account is linked yet. Without one the bank pays known payees and small sums only.
    <a href="/confirmation">Link your co-browser</a>
  </p>`;
}

function openPayments(open: readonly Payment[]): Html {
  const lines = open.map(
    (payment) =>
      html`<li>
        <a href="/payments/${payment.id}">${formatMoney(payment.cents)} to ${payment.payeeName}</a>
      </li>`,
  );
  return html`<section class="notice" aria-labelledby="open">
    <h2 id="open">Waiting for your confirmation</h2>
    <ul>
      ${lines}
    </ul>
  </section>`;
}

function bookingRow(booking: Booking): Html {
  return html`<tr>
    <td class="date">${day(booking.at)}</td>
    <td>${booking.party}</td>
    <td class="reference">${booking.reference}</td>
    <td class="amount ${booking.cents < 0 ? "" : "in"}">${formatAmount(booking.cents)}</td>
  </tr>`;
}
