/** The text of the diagnostics, in English whatever the language: whoever is to help has to read it. Pure. */
import type { Diagnostics } from "../messages.ts";

/** What the page itself knows. */
export interface BrowserFacts {
  /** Of the extension. */
  readonly version: string;
  readonly userAgent: string;
  readonly language: string;
  readonly persisted: boolean;
  /** Bytes of storage, where the browser says. */
  readonly usage: number | undefined;
  readonly quota: number | undefined;
}

/** The text, a fact a line. @param now - milliseconds since 1970 */
export function diagnosticsText(found: Diagnostics, browser: BrowserFacts, now: number): string {
  const { schema, storage, started, pins, muted, requests, lines } = found;
  const ago = (at: number | undefined): string =>
    at === undefined ? "never" : `${Math.round((now - at) / 1000)} s ago`;
  const states = Object.entries(requests).map(([state, count]) => `${state} ${count}`);
  const [name = "unknown"] = /(?:Firefox|Chrome)\/[\d.]+/.exec(browser.userAgent) ?? [];
  return [
    `Mesh/Confirm ${browser.version}`,
    `date: ${new Date(now).toISOString()}`,
    `browser: ${name}, language ${browser.language}`,
    `background: started ${ago(started)}`,
    `storage: schema ${schema ?? "unknown"}, ${storage ?? "works"}, ${browser.persisted ? "persisted" : "not persisted"}, ` +
      `${browser.usage ?? "?"} of ${browser.quota ?? "?"} bytes`,
    `accounts: ${lines.length}, pins: ${pins}, muted: ${muted}`,
    `requests: ${states.length === 0 ? "none" : states.join(", ")}`,
    ...lines.map(
      ({ host, state, contact, error, clockAhead }, index) =>
        `account ${index + 1}: ${host}, ${state}, last contact ${ago(contact)}, last error ${error ?? "none"}` +
        (clockAhead === undefined ? "" : `, clock ${clockAhead} s ahead`),
    ),
    "",
  ].join("\n");
}
