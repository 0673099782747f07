/** axe-core, run in a page of the extension, where no script but its own may be loaded: by what drives the browser. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What runs in the page; a function is taken there as its text. */
const RUN = `(given, rule) => {
  const document = given ?? globalThis.document;
  const window = document.defaultView;
  ${SOURCE}
  const only = rule === null ? {} : { runOnly: { type: "rule", values: [rule] } };
  return window.axe.run(document, { resultTypes: ["violations"], ...only }).then(({ violations }) => violations.flatMap(
    ({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ": " + html + " " + failureSummary)));
}`;

/**
 * Looks at the document that it gets, else at its own, for one rule or, where that is null, for all of them; a sentence for
 * each place that breaks one.
 */
export const axeIn: (given: Document | null, rule: string | null) => Promise<readonly string[]> = Object.assign(
  () => Promise.reject(new Error("This runs in a page.")),
  { toString: () => RUN },
);
