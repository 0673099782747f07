/** The small shapes that several messages share, each written once. */
import { ACCOUNT_FORM, parseAccount } from "./account.ts";
import { integer, text } from "./shape.ts";
import { parseTime, TIME_FORM } from "./time.ts";

/** An account identifier (-01 §4.2), read as it was written; compare `parseAccount(x).id`. */
export const AccountId = text(3, 254, { check: parseAccount, form: ACCOUNT_FORM });

/** The broker's name for a transaction: 150 bits in Base32, compared as text. Other brokers' forms are read too. */
export const BrokerId = text(1, 64, { pattern: /^[A-Z2-7-]+$/ });

/** The enquirer's name for a transaction (-01 §6.4.2): no control characters, because a store may end a text at a NUL. */
export const EnquirerId = text(1, 64, { pattern: /^[^\u0000-\u001F\u007F-\u009F]+$/ });

/** A date and time, RFC 3339 in UTC. */
export const DateTime = text(20, 35, { check: parseTime, form: TIME_FORM, format: "date-time" });

/** Base64url of a SHA-256. */
export const Sha256 = text(43, 43, { pattern: /^[A-Za-z0-9_-]{43}$/ });

/** What a human calls a device. */
export const DeviceName = text(1, 60);

/** The order in which a broker took requests in. */
/** The name of a chain of the audit log: 128 random bits. */
export const AuditWriter = text(22, 22, { pattern: /^[A-Za-z0-9_-]{22}$/ });
export const Sequence = integer(0, Number.MAX_SAFE_INTEGER);

/** A sentence for a human; shown by a terminal only after the text gate. */
export const Description = text(0, 1000);
