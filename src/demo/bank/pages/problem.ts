/** A page that only says what is wrong, and leads back. */
import { type Html, html } from "./html.ts";
import { layout } from "./layout.ts";

export function problemPage(title: string, sentence: string): Html {
  return layout(
    { title },
    html`<section class="card narrow">
      <h1>${title}</h1>
      <p>${sentence}</p>
      <p><a href="/">To your account</a></p>
    </section>`,
  );
}
