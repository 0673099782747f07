/**
 * Account identifiers (-01 §4.2): `alice@example.com`, an RFC 2822 address without the angle braces. ASCII only:
 * an internationalised domain is written as its A-label. The domain is compared in lower case, the local part as it is.
 */
import { ProtocolError } from "./errors.ts";

export interface Account {
  /** The whole identifier, its domain in lower case: two accounts are the same when their ids are. */
  readonly id: string;
  readonly local: string;
  readonly domain: string;
}

const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const ASCII = /^[!-~]*$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** What every account looks like, for those who have no more than a pattern. */
export const ACCOUNT_FORM = /^[!-?A-~]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*$/;

const LONGEST = 254;

function notAccount(text: string): ProtocolError {
  const start = JSON.stringify(text.slice(0, 60));
  return new ProtocolError("account", `${start} is not an account such as alice@example.com.`);
}

/**
 * Reads an account identifier.
 *
 * @throws ProtocolError `account`
 */
export function parseAccount(text: string): Account {
  if (text.length > LONGEST) throw notAccount(text);
  const at = text.lastIndexOf("@");
  const local = text.slice(0, Math.max(at, 0));
  const written = text.slice(at + 1);
  const domain = written.toLowerCase();
  // Some letters that are not ASCII have a lower case that is, such as the Kelvin sign: look before lowering.
  if (local.length > 64 || !LOCAL.test(local) || !ASCII.test(written) || !isDomain(domain)) throw notAccount(text);
  return Object.freeze({ id: `${local}@${domain}`, local, domain });
}

/** The local part that the broker's own requests come from, in whatever case; no account may have it. */
const BROKER = "confirm";

/** The account that a broker asks as: `confirm@` and the domain of the account that it asks. */
export function brokerAccount(account: string): string {
  return `${BROKER}@${parseAccount(account).domain}`;
}

/** True for an account id that only the broker itself may ask as. */
export function isBrokerAccount(account: string): boolean {
  return parseAccount(account).local.toLowerCase() === BROKER;
}

/** True for a DNS name of ASCII labels, in lower case; one label (`localhost`) is enough. */
export function isDomain(domain: string): boolean {
  return domain.length <= 253 && domain.split(".").every((label) => LABEL.test(label));
}
