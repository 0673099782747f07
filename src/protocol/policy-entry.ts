/**
 * What an account's policy names (Appendix A of the design): a key by its fingerprint, an account, or a domain, which is
 * exactly that domain and none below it. Two entries are the same when their normal forms are.
 */
import { isDomain, parseAccount } from "./account.ts";
import { ProtocolError } from "./errors.ts";
import { Kid } from "./jose-shapes.ts";
import { LIMITS } from "./limits.ts";
import { AccountId, DateTime } from "./members.ts";
import { boolean, list, object, type ReadOf, text } from "./shape.ts";

const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
/** What every entry has, whichever of the three it is; a fingerprint looks like a domain of one label. */
const FORM = new RegExp(`^(?:[!-?A-~]{1,64}@)?${LABEL}(?:\\.${LABEL})*$`);
const FINGERPRINT = /^[A-Z2-7]{5}(?:-[A-Z2-7]{5}){5}$/;

/**
 * The normal form of an entry: a fingerprint as it is, an account or a domain with its domain in lower case.
 *
 * @throws ProtocolError `account`
 */
export function policyEntry(entry: string): string {
  if (FINGERPRINT.test(entry)) return entry;
  if (entry.includes("@")) return parseAccount(entry).id;
  // Some letters that are not ASCII have a lower case that is: look before lowering.
  const domain = entry.toLowerCase();
  if (FORM.test(entry) && isDomain(domain)) return domain;
  throw new ProtocolError("account", "A policy names fingerprints, accounts and domains.");
}

const Entry = text(1, 254, { check: policyEntry, form: FORM });
const Entries = list(Entry, 0, LIMITS.policyEntries);

/** A change of the policy: the lists given replace those that are there, what is left out stays. */
export const PolicySet = object(
  {},
  { Block: Entries, Allow: Entries, AllowOnly: boolean, Lift: list(Kid, 0, LIMITS.policyEntries) },
);
export type PolicySet = ReadOf<typeof PolicySet>;

/** A sender whose requests were rejected so often that the broker takes none until then. */
export const CoolDown = object({ Kid, Until: DateTime });

/** The policy of an account, as its devices see it. */
export const AccountPolicy = object({
  Account: AccountId,
  Block: Entries,
  Allow: Entries,
  AllowOnly: boolean,
  CoolDowns: list(CoolDown, 0, LIMITS.policyEntries),
});
export type AccountPolicy = ReadOf<typeof AccountPolicy>;
