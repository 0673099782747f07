/** How devices go: one by one, or all at once on recovery. What nobody can answer any more is cancelled in the same write. */
import type Database from "libsql";
import type { AccountStore, DeviceRemoval, Recovery, RecoveryOutcome } from "../accounts.ts";
import type { Settled } from "../requests.ts";
import { brokerCancelling } from "./broker-cancel.ts";
import type { GroupCommit } from "./group-commit.ts";
import { optionalTextOf, textOf } from "./parse-rows.ts";

type Revoking = Pick<AccountStore, "revokeDevice" | "recoverAccount">;

export function sqliteRevoking(database: Database.Database, writes: GroupCommit): Revoking {
  const account = database.prepare("SELECT 1 FROM accounts WHERE account = ?");
  const revoke = database.prepare(
    "UPDATE devices SET state = 'revoked', revocation = ? WHERE account = ? AND kid = ? AND state <> 'revoked'",
  );
  const asked = database.prepare("SELECT asked FROM devices WHERE account = ? AND kid = ?");
  const active = database.prepare("SELECT 1 FROM devices WHERE account = ? AND state = 'active' LIMIT 1");
  const living = database.prepare("SELECT kid FROM devices WHERE account = ? AND state <> 'revoked'");
  const cancel = brokerCancelling(database);
  const removeCodes = database.prepare("DELETE FROM codes WHERE account = ?");
  const insertCode = database.prepare("INSERT INTO codes (account, code, created, expires) VALUES (?, ?, ?, ?)");

  function revokeDevice({ account: of, kid, revocation, now }: DeviceRemoval): readonly Settled[] | undefined {
    const signed = revocation === undefined ? null : JSON.stringify(revocation);
    if (revoke.run(signed, of, kid).changes === 0) return undefined;
    if (active.get(of) === undefined) return cancel(of, now);
    const request = optionalTextOf(asked.get(of, kid), "asked");
    return request === undefined ? [] : cancel(of, now, request);
  }

  function recoverAccount({ account: of, revocations, code, now, expires }: Recovery): RecoveryOutcome {
    if (account.get(of) === undefined) return { kind: "unknown_account" };
    const signed = new Set(revocations.map(({ kid }) => kid));
    if (living.all(of).some((row) => !signed.has(textOf(row, "kid")))) return { kind: "changed" };
    for (const { kid, jws } of revocations) revoke.run(JSON.stringify(jws), of, kid);
    removeCodes.run(of);
    insertCode.run(of, code, now, expires);
    return { kind: "recovered", settled: cancel(of, now) };
  }

  return {
    revokeDevice: (removal) => writes.run(() => revokeDevice(removal)),
    recoverAccount: (recovery) => writes.run(() => recoverAccount(recovery)),
  };
}
