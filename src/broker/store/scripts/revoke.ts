/** How devices go: one by one, or all at once on recovery. What nobody can answer any more is cancelled in the same write. */
import type { AccountStore, DeviceRemoval, Recovery, RecoveryOutcome } from "../accounts.ts";
import type { Settled } from "../requests.ts";
import { signedHash } from "../audit-hash.ts";
import { type Engine, lock, row, rows, run, type Script, tell } from "../script.ts";
import { accountRecord } from "./account-record.ts";
import { brokerCancel } from "./broker-cancel.ts";
import { optionalTextOf, textOf } from "./parse-rows.ts";

type Revoking = Pick<AccountStore, "revokeDevice" | "recoverAccount">;

const REVOKE = `
  UPDATE devices SET state = 'revoked', revocation = ?1 WHERE account = ?2 AND kid = ?3 AND state <> 'revoked'`;

function* revokeDevice({ account, kid, revocation, now }: DeviceRemoval): Script<readonly Settled[] | undefined> {
  yield* lock(account);
  const signed = revocation === undefined ? null : JSON.stringify(revocation);
  if ((yield* run(REVOKE, signed, account, kid)) === 0) return undefined;
  yield* tell(account);
  const value = signed === null ? "" : signedHash(signed);
  yield* accountRecord(account, { event: "device_revoked", at: now, kid, value });
  const active = yield* row("SELECT 1 FROM devices WHERE account = ?1 AND state = 'active' LIMIT 1", account);
  if (active === undefined) return yield* brokerCancel(account, now);
  const device = yield* row("SELECT asked FROM devices WHERE account = ?1 AND kid = ?2", account, kid);
  const request = optionalTextOf(device, "asked");
  return request === undefined ? [] : yield* brokerCancel(account, now, request);
}

function* recoverAccount({ account, revocations, code, now, expires }: Recovery): Script<RecoveryOutcome> {
  yield* lock(account);
  if ((yield* row("SELECT 1 FROM accounts WHERE account = ?1", account)) === undefined) {
    return { kind: "unknown_account" };
  }
  const signed = new Set(revocations.map(({ kid }) => kid));
  const living = yield* rows("SELECT kid FROM devices WHERE account = ?1 AND state <> 'revoked'", account);
  if (living.some((one) => !signed.has(textOf(one, "kid")))) return { kind: "changed" };
  for (const { kid, jws } of revocations) {
    const revocation = JSON.stringify(jws);
    if ((yield* run(REVOKE, revocation, account, kid)) === 0) continue;
    yield* accountRecord(account, { event: "device_revoked", at: now, kid, value: signedHash(revocation) });
  }
  yield* run("DELETE FROM codes WHERE account = ?1", account);
  yield* run(
    "INSERT INTO codes (account, code, created, expires) VALUES (?1, ?2, ?3, ?4)",
    account,
    code,
    now,
    expires,
  );
  yield* tell(account);
  yield* accountRecord(account, { event: "code", at: now });
  return { kind: "recovered", settled: yield* brokerCancel(account, now) };
}

export function revokingScripts({ write }: Engine): Revoking {
  return {
    revokeDevice: (removal) => write(() => revokeDevice(removal)),
    recoverAccount: (recovery) => write(() => recoverAccount(recovery)),
  };
}
