/** Devices: let in by a code that is spent in the same transaction. */
import { LIMITS } from "../../../protocol/index.ts";
import type { AccountStore, Admission, ConnectOutcome, NewDevice } from "../accounts.ts";
import { signedHash } from "../audit-hash.ts";
import { type Engine, lock, row, rows, run, type Script, tell } from "../script.ts";
import { accountRecord } from "./account-record.ts";
import { addAccount } from "./accounts.ts";
import { deviceOf, deviceStateOf, integerOf, optionalTextOf } from "./parse-rows.ts";

type Devices = Pick<AccountStore, "connectDevice" | "updateDevice" | "device" | "devices" | "noteAsked" | "noteSeen">;

const DEVICE = `
  SELECT account, kid, name, profile, state, created, last_seen, asked, wanted, endorsement, endorsed_by, change,
    changed_by, revocation
  FROM devices WHERE account = ?1`;
const INSERT = `
  INSERT INTO devices (account, kid, name, signing_key, profile, state, created, last_seen)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)`;
const WANT = `
  UPDATE devices SET name = ?1, wanted = ?2
  WHERE account = ?3 AND kid = ?4 AND state = 'active' AND EXISTS (
    SELECT 1 FROM devices d WHERE d.account = ?3 AND d.kid <> ?4 AND d.state = 'active')`;
const REPLACE = `
  UPDATE devices SET name = ?1, profile = ?2, wanted = NULL WHERE account = ?3 AND kid = ?4 AND state <> 'revoked'`;

/** Takes the admission, or says why it does not hold. */
function* admit({ account, kid, now }: NewDevice, admission: Admission): Script<ConnectOutcome | undefined> {
  if (admission.by === "open_service") {
    return (yield* addAccount(account, now)) ? undefined : { kind: "account_exists" };
  }
  const { codeId } = admission;
  const select = "SELECT spent_by FROM codes WHERE id = ?1 AND account = ?2 AND expires > ?3";
  const code = yield* row(select, codeId, account, now);
  if (code === undefined) return { kind: "code_spent" };
  const spentBy = optionalTextOf(code, "spent_by");
  if (spentBy !== undefined && spentBy !== kid) return { kind: "code_spent" };
  if (spentBy === undefined) {
    yield* run("UPDATE codes SET spent_by = ?1 WHERE id = ?2 AND spent_by IS NULL", kid, codeId);
  }
  return undefined;
}

function* update({ account, kid, name, profile, changesKeys, now }: NewDevice): Script<boolean> {
  const asked = JSON.stringify(profile);
  const values = [name, asked, account, kid];
  const isWanted = changesKeys && (yield* run(WANT, ...values)) === 1;
  if (!isWanted && (yield* run(REPLACE, ...values)) === 0) return false;
  yield* tell(account);
  const event = isWanted ? "profile_wanted" : "profile";
  yield* accountRecord(account, { event, at: now, kid, by: kid, value: signedHash(asked) });
  return true;
}

function* connect(device: NewDevice, admission: Admission): Script<ConnectOutcome> {
  const { account, kid, name, signingKey, profile, now } = device;
  yield* lock(account);
  const before = yield* row(`${DEVICE} AND kid = ?2`, account, kid);
  const state = before === undefined ? undefined : deviceStateOf(before);
  if (state === "revoked") return { kind: "revoked" };
  if (state === undefined) {
    const counted = yield* row("SELECT count(*) AS n FROM devices WHERE account = ?1", account);
    if (integerOf(counted, "n") >= LIMITS.devices) return { kind: "too_many" };
  }
  const refused = yield* admit(device, admission);
  if (refused !== undefined) return refused;
  if (state !== undefined) {
    yield* update(device);
    return { kind: "connected", state };
  }
  const active = yield* row("SELECT 1 FROM devices WHERE account = ?1 AND state = 'active' LIMIT 1", account);
  const given = active === undefined ? "active" : "pending";
  const signed = JSON.stringify(profile);
  yield* run(INSERT, account, kid, name, JSON.stringify(signingKey), signed, given, now);
  yield* tell(account);
  yield* accountRecord(account, { event: `device_${given}`, at: now, kid, by: kid, value: signedHash(signed) });
  return { kind: "connected", state: given };
}

export function deviceScripts({ read, write }: Engine): Devices {
  return {
    connectDevice: (device, admission) => write(() => connect(device, admission)),
    updateDevice: (device) =>
      write(function* () {
        yield* lock(device.account);
        return yield* update(device);
      }),
    noteAsked: (account, kid, brokerId) =>
      write(function* () {
        yield* run("UPDATE devices SET asked = ?1 WHERE account = ?2 AND kid = ?3", brokerId, account, kid);
      }),
    noteSeen: (account, kid, now) =>
      write(function* () {
        yield* run("UPDATE devices SET last_seen = ?1 WHERE account = ?2 AND kid = ?3", now, account, kid);
      }),
    device: (account, kid) =>
      read(function* () {
        const found = yield* row(`${DEVICE} AND kid = ?2`, account, kid);
        return found === undefined ? undefined : deviceOf(found);
      }),
    devices: (account) =>
      read(function* () {
        return (yield* rows(`${DEVICE} ORDER BY created, kid`, account)).map(deviceOf);
      }),
  };
}
