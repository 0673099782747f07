/** The login page. The demo's credentials stand on it. */
import { CUSTOMER } from "../first-state.ts";
import type { Session } from "../web/sessions.ts";
import { alert, field } from "./field.ts";
import { type Html, html } from "./html.ts";
import { layout, token } from "./layout.ts";

export function loginPage(session: Session, user: string, problem?: string): Html {
  return layout(
    { title: "Log in" },
    html`<div class="login">
      <section class="card">
        <h1>Log in</h1>
        ${alert(problem)}
        <form method="post" action="/login">
          ${token(session)} ${field({ name: "user", label: "User name", value: user, autocomplete: "username" })}
          ${field({
            name: "password",
            label: "Password",
            value: "",
            type: "password",
            autocomplete: "current-password",
          })}
          <button class="main" type="submit">Log in</button>
        </form>
      </section>
      <aside class="card plain">
        <h2>This is a demonstration</h2>
        <p>You are ${CUSTOMER.name}, a customer of long standing.</p>
        <dl class="pairs">
          <dt>User name</dt>
          <dd><code>${CUSTOMER.user}</code></dd>
          <dt>Password</dt>
          <dd><code>${CUSTOMER.password}</code></dd>
        </dl>
        <p>
          The password lets you look. To move money to someone new, or a large sum, the bank asks you in your
          co-browser, where no web page can reach.
        </p>
      </aside>
    </div>`,
  );
}
