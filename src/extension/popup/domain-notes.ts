/** What to know of a sender's domain, under its name: how it reads, and what it could be taken for. */
import type { DomainView } from "../../responder/index.ts";
import { i18n } from "../browser.ts";
import { type Child, element, foreign, sentence } from "../page/dom.ts";
import { icon } from "../page/icons.ts";

/** The lines for a domain; most have none. Each says in words what its sign says. */
export function domainNotes({ unicode, mixesScripts, resembles }: DomainView): readonly HTMLElement[] {
  const notes: HTMLElement[] = [];
  if (unicode !== undefined) notes.push(element("p", { class: "domain", testid: "domain" }, reading(unicode)));
  if (mixesScripts) notes.push(warning(i18n("domainMixes")));
  if (resembles !== undefined) notes.push(warning(sentence("domainResembles", foreign(resembles))));
  return notes;
}

/** A domain in its own letters. */
export function reading(unicode: string): Node {
  // Each label by itself: letters written from right to left must not change the order of the labels.
  const labels = unicode.split(".").flatMap((label, at) => [at === 0 ? undefined : ".", foreign(label)]);
  return sentence("domainReads", element("bdi", { attributes: { dir: "ltr" } }, ...labels));
}

function warning(text: Child): HTMLElement {
  return element(
    "p",
    { class: "domain-warning", testid: "domain-warning" },
    icon("problem"),
    element("span", {}, text),
  );
}
