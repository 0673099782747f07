/** The frame of every page: the bank's name, the ways to go, and who is logged in. */
import { CUSTOMER } from "../first-state.ts";
import type { Session } from "../web/sessions.ts";
import { type Html, html } from "./html.ts";

export interface Frame {
  readonly title: string;
  /** Undefined outside the login. */
  readonly session?: Session;
  /** The path of the entry that is marked in the navigation. */
  readonly here?: string;
  /** More in the head. */
  readonly head?: Html;
}

const WAYS = [
  { path: "/", name: "Account" },
  { path: "/pay", name: "Pay" },
  { path: "/payees", name: "Payees" },
  { path: "/confirmation", name: "Confirmation" },
] as const;

export function layout({ title, session, here, head }: Frame, main: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Bank of Ethel</title>
        <link rel="icon" href="/assets/mark.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/style.css" />
        ${head}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <div class="wide">
            <a class="brand" href="/"><img src="/assets/mark.svg" alt="" width="36" height="36" />Bank of Ethel</a>
            ${session?.isCustomer === true && navigation(session, here)}
          </div>
        </header>
        <main id="main" class="wide" tabindex="-1">${main}</main>
        <footer class="wide">
          <p>A demonstration. No real bank, no real money. Payments ask first, by the Mesh Confirmation Protocol.</p>
        </footer>
      </body>
    </html> `;
}

function navigation(session: Session, here: string | undefined): Html {
  const ways = WAYS.map(({ path, name }) =>
    path === here
      ? html`<li><a href="${path}" aria-current="page">${name}</a></li>`
      : html`<li><a href="${path}">${name}</a></li>`,
  );
  return html`<nav aria-label="Bank">
      <ul>
        ${ways}
      </ul>
    </nav>
    <form class="logout" method="post" action="/logout">
      ${token(session)}<span>${CUSTOMER.name}</span>
      <button class="quiet" type="submit">Log out</button>
    </form>`;
}

/** What every form carries, so that no other site can send it. */
export function token(session: Session): Html {
  return html`<input type="hidden" name="csrf" value="${session.csrf}" />`;
}
