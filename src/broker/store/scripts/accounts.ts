/** Accounts, connect codes and registered enquirers. */
import type { AccountStore } from "../accounts.ts";
import type { Settled } from "../requests.ts";
import { accountHash, randomName } from "../audit-hash.ts";
import { type Engine, lock, record, row, rows, run, type Script, tell } from "../script.ts";
import { accountRecord } from "./account-record.ts";
import { brokerCancel } from "./broker-cancel.ts";
import { integerOf, optionalTextOf, publicJwkOf, textOf } from "./parse-rows.ts";

type Accounts = Pick<
  AccountStore,
  | "addAccount"
  | "accounts"
  | "hasAccount"
  | "removeAccount"
  | "addCode"
  | "codes"
  | "heldKey"
  | "rememberSender"
  | "addEnquirer"
  | "enquirers"
  | "removeEnquirer"
>;

const INSERT_CODE = `
  INSERT INTO codes (account, code, created, expires)
  SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM accounts WHERE account = ?1)`;
const HELD_KEY = `
  SELECT jwk, 1 AS place FROM enquirers WHERE kid = ?1
  UNION ALL SELECT signing_key, 2 FROM devices WHERE kid = ?1 AND state <> 'revoked'
  UNION ALL SELECT jwk, 3 FROM senders WHERE kid = ?1 ORDER BY place LIMIT 1`;

/** Adds an account, with a salt that no account before had; false where it is there. */
export function* addAccount(account: string, at: number): Script<boolean> {
  const salt = randomName();
  const insert = "INSERT INTO accounts (account, created, salt) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
  if ((yield* run(insert, account, at, salt)) === 0) return false;
  yield* tell(account);
  yield* record({ event: "account_added", at, subject: accountHash(salt, account) });
  return true;
}

function* removeAccount(account: string, now: number): Script<readonly Settled[] | undefined> {
  yield* lock(account);
  const removed = yield* row("DELETE FROM accounts WHERE account = ?1 RETURNING salt", account);
  if (removed === undefined) return undefined;
  for (const table of ["codes", "devices", "policies", "strikes"]) {
    yield* run(`DELETE FROM ${table} WHERE account = ?1`, account);
  }
  yield* tell(account);
  const subject = accountHash(textOf(removed, "salt"), account);
  yield* record({ event: "account_removed", at: now, subject });
  return yield* brokerCancel(account, now);
}

export function accountScripts({ read, write }: Engine): Accounts {
  return {
    addAccount: (account, now) => write(() => addAccount(account, now)),
    accounts: () =>
      read(function* () {
        const found = yield* rows("SELECT account, created FROM accounts ORDER BY account");
        return found.map((one) => ({ account: textOf(one, "account"), created: integerOf(one, "created") }));
      }),
    hasAccount: (account) =>
      read(function* () {
        return (yield* row("SELECT 1 FROM accounts WHERE account = ?1", account)) !== undefined;
      }),
    removeAccount: (account, now) => write(() => removeAccount(account, now)),
    addCode: ({ account, code, now, expires }) =>
      write(function* () {
        yield* lock(account);
        if ((yield* run(INSERT_CODE, account, code, now, expires)) === 0) return false;
        yield* accountRecord(account, { event: "code", at: now });
        return true;
      }),
    codes: (account, now) =>
      read(function* () {
        const select = "SELECT id, code, spent_by FROM codes WHERE account = ?1 AND expires > ?2 ORDER BY id";
        return (yield* rows(select, account, now)).map((one) => ({
          id: integerOf(one, "id"),
          code: textOf(one, "code"),
          spentBy: optionalTextOf(one, "spent_by"),
        }));
      }),
    heldKey: (kid) =>
      read(function* () {
        const held = yield* row(HELD_KEY, kid);
        return held === undefined ? undefined : publicJwkOf(held, "jwk");
      }),
    rememberSender: (kid, jwk) =>
      write(function* () {
        yield* run("INSERT INTO senders (kid, jwk) VALUES (?1, ?2) ON CONFLICT DO NOTHING", kid, JSON.stringify(jwk));
      }),
    addEnquirer: ({ kid, jwk, name, now }) =>
      write(function* () {
        const insert = "INSERT INTO enquirers (kid, jwk, name, created) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
        if ((yield* run(insert, kid, JSON.stringify(jwk), name, now)) === 0) return false;
        yield* record({ event: "enquirer_added", at: now, kid });
        return true;
      }),
    enquirers: () =>
      read(function* () {
        const found = yield* rows("SELECT kid, name, created FROM enquirers ORDER BY created, kid");
        return found.map((one) => ({
          kid: textOf(one, "kid"),
          name: textOf(one, "name"),
          created: integerOf(one, "created"),
        }));
      }),
    removeEnquirer: (kid, now) =>
      write(function* () {
        if ((yield* run("DELETE FROM enquirers WHERE kid = ?1", kid)) === 0) return false;
        yield* record({ event: "enquirer_removed", at: now, kid });
        return true;
      }),
  };
}
