/**
 * How a domain name is shown to a user (design §6): always in ASCII, as it is sent and compared; beside it in its own
 * letters; and with a warning where letters of several scripts are mixed, or where it could be taken for a domain that
 * the user knows. All of it is for the eye: nothing else is ever decided by it.
 */
import { mixesScripts, readLabel, skeletonOf } from "./domain-label.ts";

export interface DomainView {
  /** In lower case; an internationalised label as its A-label. */
  readonly ascii: string;
  /** With U-labels; undefined where that is the same. */
  readonly unicode: string | undefined;
  readonly mixesScripts: boolean;
  /** The known domain, in ASCII, that this one looks like and is not part of. */
  readonly resembles: string | undefined;
}

/**
 * Looks at a domain.
 *
 * @param domain a DNS name in ASCII and lower case, as `parseAccount` gives it
 * @param known the domains that the user knows, in the same form
 */
export function viewDomain(domain: string, known: readonly string[]): DomainView {
  const labels = domain.split(".").map(readLabel);
  const unicode = labels.join(".");
  return Object.freeze({
    ascii: domain,
    unicode: unicode === domain ? undefined : unicode,
    mixesScripts: labels.some(mixesScripts),
    resembles: known.some((other) => isPartOf(domain, other))
      ? undefined
      : known.find((other) => resembles(domain, other)),
  });
}

function isPartOf(domain: string, other: string): boolean {
  return domain === other || domain.endsWith(`.${other}`);
}

/** Whether the last labels look alike and are not: a name that stands before a look-alike makes it no better. */
function resembles(domain: string, other: string): boolean {
  const [labels, others] = [domain.split("."), other.split(".")];
  const count = Math.min(labels.length, others.length);
  // The last label alone names no one: `localhost` beside a name that ends in it.
  if (count === 1 && labels.length !== others.length) return false;
  const [end, otherEnd] = [labels.slice(-count), others.slice(-count)];
  return end.join(".") !== otherEnd.join(".") && end.every((label, at) => looksLike(label, otherEnd[at] ?? ""));
}

function looksLike(label: string, other: string): boolean {
  return skeletonOf(readLabel(label)) === skeletonOf(readLabel(other));
}
