/** Devices in SQLite: let in by a code that is spent in the same transaction. */
import type Database from "libsql";
import { LIMITS } from "../../../protocol/index.ts";
import type { AccountStore, Admission, ConnectOutcome, NewDevice } from "../accounts.ts";
import type { GroupCommit } from "./group-commit.ts";
import { deviceOf, deviceStateOf, integerOf, optionalTextOf } from "./parse-rows.ts";

type Devices = Pick<AccountStore, "connectDevice" | "updateDevice" | "device" | "devices" | "noteAsked" | "noteSeen">;

export function sqliteDevices(database: Database.Database, writes: GroupCommit): Devices {
  const COLUMNS = `account, kid, name, profile, state, created, last_seen, asked, wanted, endorsement, endorsed_by,
    change, changed_by, revocation`;
  const one = database.prepare(`SELECT ${COLUMNS} FROM devices WHERE account = ? AND kid = ?`);
  const all = database.prepare(`SELECT ${COLUMNS} FROM devices WHERE account = ? ORDER BY created, kid`);
  const active = database.prepare("SELECT 1 FROM devices WHERE account = ? AND state = 'active' LIMIT 1");
  const count = database.prepare("SELECT count(*) AS n FROM devices WHERE account = ?");
  const asked = database.prepare("UPDATE devices SET asked = ? WHERE account = ? AND kid = ?");
  const seen = database.prepare("UPDATE devices SET last_seen = ? WHERE account = ? AND kid = ?");
  const insert = database.prepare(
    `INSERT INTO devices (account, kid, name, signing_key, profile, state, created, last_seen)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)`,
  );
  const want = database.prepare(`
    UPDATE devices SET name = ?1, wanted = ?2
    WHERE account = ?3 AND kid = ?4 AND state = 'active' AND EXISTS (
      SELECT 1 FROM devices d WHERE d.account = ?3 AND d.kid <> ?4 AND d.state = 'active')`);
  const replace = database.prepare(
    "UPDATE devices SET name = ?, profile = ?, wanted = NULL WHERE account = ? AND kid = ? AND state <> 'revoked'",
  );
  const addAccount = database.prepare("INSERT INTO accounts (account, created) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const codeById = database.prepare("SELECT spent_by FROM codes WHERE id = ? AND account = ? AND expires > ?");
  const spend = database.prepare("UPDATE codes SET spent_by = ? WHERE id = ? AND spent_by IS NULL");

  /** Takes the admission, or says why it does not hold. */
  function admit({ account, kid, now }: NewDevice, admission: Admission): ConnectOutcome | undefined {
    if (admission.by === "open_service") {
      return addAccount.run(account, now).changes === 1 ? undefined : { kind: "account_exists" };
    }
    const code = codeById.get(admission.codeId, account, now);
    if (code === undefined) return { kind: "code_spent" };
    const spentBy = optionalTextOf(code, "spent_by");
    if (spentBy !== undefined && spentBy !== kid) return { kind: "code_spent" };
    if (spentBy === undefined) spend.run(kid, admission.codeId);
    return undefined;
  }

  function update({ account, kid, name, profile, changesKeys }: NewDevice): boolean {
    const values = [name, JSON.stringify(profile), account, kid];
    return (changesKeys && want.run(...values).changes === 1) || replace.run(...values).changes === 1;
  }

  function connect(device: NewDevice, admission: Admission): ConnectOutcome {
    const { account, kid, name, signingKey, profile, now } = device;
    const before = one.get(account, kid);
    const state = before === undefined ? undefined : deviceStateOf(before);
    if (state === "revoked") return { kind: "revoked" };
    if (state === undefined && integerOf(count.get(account), "n") >= LIMITS.devices) return { kind: "too_many" };
    const refused = admit(device, admission);
    if (refused !== undefined) return refused;
    if (state !== undefined) {
      update(device);
      return { kind: "connected", state };
    }
    const given = active.get(account) === undefined ? "active" : "pending";
    insert.run(account, kid, name, JSON.stringify(signingKey), JSON.stringify(profile), given, now);
    return { kind: "connected", state: given };
  }

  return {
    connectDevice: (device, admission) => writes.run(() => connect(device, admission)),
    updateDevice: (device) => writes.run(() => update(device)),
    noteAsked: (account, kid, brokerId) =>
      writes.run(() => {
        asked.run(brokerId, account, kid);
      }),
    noteSeen: (account, kid, now) =>
      writes.run(() => {
        seen.run(now, account, kid);
      }),
    device: (account, kid) => {
      const row = one.get(account, kid);
      return Promise.resolve(row === undefined ? undefined : deviceOf(row));
    },
    devices: (account) => Promise.resolve(all.all(account).map(deviceOf)),
  };
}
