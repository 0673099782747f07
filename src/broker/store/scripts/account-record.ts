/** Records about an account: told by a hash that only the account's own row can be held against. */
import type { AuditEntry, AuditPlace } from "../audit.ts";
import { accountHash } from "../audit-hash.ts";
import { record, row, type Script } from "../script.ts";
import { textOf } from "./parse-rows.ts";

/** The secret of an account that is there; empty for one that is not. */
export function* saltOf(account: string): Script<string> {
  const found = yield* row("SELECT salt FROM accounts WHERE account = ?1", account);
  return found === undefined ? "" : textOf(found, "salt");
}

export function* accountRecord(account: string, entry: Omit<AuditEntry, "subject">): Script<AuditPlace> {
  return yield* record({ ...entry, subject: accountHash(yield* saltOf(account), account) });
}
