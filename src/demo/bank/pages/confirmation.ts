/**
 * Linking the customer's device and introducing the bank to it. Two comparisons by eye, each of a fingerprint that one
 * side shows with one that the other shows: after them nobody between the two has to be believed.
 */
import { BANK_ID } from "../confirmation-text.ts";
import type { Link } from "../model.ts";
import type { Candidate, Session } from "../web/sessions.ts";
import { alert, field } from "./field.ts";
import { type Html, html } from "./html.ts";
import { layout, token } from "./layout.ts";
import { day } from "./times.ts";

export interface ConfirmationView {
  readonly link: Link | null;
  /** The fingerprint of the key that the bank asks with. */
  readonly bankKid: string;
  /** What was typed, and what is wrong with it. */
  readonly account: string;
  readonly problem?: string | undefined;
}

export function confirmationPage(session: Session, view: ConfirmationView): Html {
  const { candidate } = session;
  return layout(
    { title: "Confirmation", session, here: "/confirmation" },
    html`<h1>Confirmation</h1>
      <p class="lead">
        Your co-browser is the part of your browser that no web page can reach. The bank asks there before it moves
        money to someone new, or a large sum.
      </p>
      ${view.link === null && candidate === null && alert(view.problem)}
      <div class="columns">
        <section class="card" aria-labelledby="device">
          <h2 id="device">1. The bank knows your device</h2>
          ${view.link !== null ? linked(view.link) : candidate === null ? askAccount(session, view) : compare(session, candidate)}
        </section>
        <section class="card" aria-labelledby="bank">
          <h2 id="bank">2. Your device knows the bank</h2>
          ${introduction(view.bankKid)}
        </section>
      </div>`,
  );
}

function askAccount(session: Session, view: ConfirmationView): Html {
  return html`<form method="post" action="/confirmation/find">
    ${token(session)}
    ${field({
      name: "account",
      label: "Your confirmation account",
      value: view.account,
      hint: "As your co-browser's options page shows it, such as alice@localhost",
      problem: view.problem === undefined ? undefined : "No device was found for this account.",
      inputmode: "email",
    })}
    <button class="main" type="submit">Find my device</button>
  </form>`;
}

function compare(session: Session, { account, kids }: Candidate): Html {
  const devices = kids.map(
    (kid) =>
      html`<li>
        <code class="fingerprint" data-testid="device-fingerprint">${kid}</code>
        <form method="post" action="/confirmation/link">
          ${token(session)}
          <input type="hidden" name="kid" value="${kid}" />
          <button class="main" type="submit" data-testid="same">They are the same</button>
        </form>
      </li>`,
  );
  return html`<p>
      The broker of <strong>${account}</strong> names
      ${kids.length === 1 ? "this device" : `these ${kids.length} devices`}. Open your co-browser's options page and
      compare the device's fingerprint, group by group.
    </p>
    <ul class="devices">
      ${devices}
    </ul>
    <form method="post" action="/confirmation/forget">
      ${token(session)}
      <button type="submit">They differ</button>
    </form>`;
}

function linked(link: Link): Html {
  return html`<p class="notice good" role="status" data-testid="linked">
      <strong>${link.account}</strong> is linked since ${day(link.since)}. Only this device confirms:
    </p>
    <code class="fingerprint">${link.deviceKid}</code>
    <p class="hint">
      Lost it? A password alone must not replace what guards your money: come to a branch with your passport.
    </p>`;
}

function introduction(bankKid: string): Html {
  return html`<p>
      On your co-browser's options page, under the senders that you know, add the bank by its name and fingerprint. From
      then on it tells you when a request really is the bank's.
    </p>
    <dl class="pairs stacked">
      <dt>Name</dt>
      <dd><code data-testid="bank-id">${BANK_ID}</code></dd>
      <dt>Fingerprint</dt>
      <dd><code class="fingerprint" data-testid="bank-fingerprint">${bankKid}</code></dd>
      <dt>How you checked it</dt>
      <dd>On the bank's own page, after logging in</dd>
    </dl>`;
}
