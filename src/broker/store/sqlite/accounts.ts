/** Accounts, connect codes and registered enquirers in SQLite. */
import type Database from "libsql";
import type { AccountStore } from "../accounts.ts";
import type { Settled } from "../requests.ts";
import { brokerCancelling } from "./broker-cancel.ts";
import type { GroupCommit } from "./group-commit.ts";
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
  | "senderStanding"
  | "addEnquirer"
  | "enquirers"
  | "removeEnquirer"
>;

export function sqliteAccounts(database: Database.Database, writes: GroupCommit): Accounts {
  const insert = database.prepare("INSERT INTO accounts (account, created) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const one = database.prepare("SELECT 1 FROM accounts WHERE account = ?");
  const all = database.prepare("SELECT account, created FROM accounts ORDER BY account");
  const remove = database.prepare("DELETE FROM accounts WHERE account = ?");
  const removeCodes = database.prepare("DELETE FROM codes WHERE account = ?");
  const removeDevices = database.prepare("DELETE FROM devices WHERE account = ?");
  const cancelPending = brokerCancelling(database);
  const insertCode = database.prepare(`
    INSERT INTO codes (account, code, created, expires)
    SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM accounts WHERE account = ?1)`);
  const codes = database.prepare("SELECT id, code, spent_by FROM codes WHERE account = ? AND expires > ? ORDER BY id");
  const heldKey = database.prepare(`
    SELECT jwk FROM enquirers WHERE kid = ?1
    UNION ALL SELECT signing_key FROM devices WHERE kid = ?1 AND state <> 'revoked'
    UNION ALL SELECT jwk FROM senders WHERE kid = ?1 LIMIT 1`);
  const insertSender = database.prepare("INSERT INTO senders (kid, jwk) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const standing = database.prepare(`
    SELECT EXISTS (SELECT 1 FROM accounts WHERE account = ?1) AS account,
      EXISTS (SELECT 1 FROM devices WHERE kid = ?2 AND (?1 IS NULL OR account = ?1) AND state = 'active') AS local,
      EXISTS (SELECT 1 FROM enquirers WHERE kid = ?2) AS registered`);
  const insertEnquirer = database.prepare(
    "INSERT INTO enquirers (kid, jwk, name, created) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const enquirers = database.prepare("SELECT kid, name, created FROM enquirers ORDER BY created, kid");
  const removePolicy = database.prepare("DELETE FROM policies WHERE account = ?");
  const removeStrikes = database.prepare("DELETE FROM strikes WHERE account = ?");
  const removeEnquirer = database.prepare("DELETE FROM enquirers WHERE kid = ?");

  function removeAccount(account: string, now: number): readonly Settled[] | undefined {
    if (remove.run(account).changes === 0) return undefined;
    removeCodes.run(account);
    removeDevices.run(account);
    removePolicy.run(account);
    removeStrikes.run(account);
    return cancelPending(account, now);
  }

  return {
    addAccount: (account, now) => writes.run(() => insert.run(account, now).changes === 1),
    accounts: () =>
      Promise.resolve(
        all.all().map((row) => ({ account: textOf(row, "account"), created: integerOf(row, "created") })),
      ),
    hasAccount: (account) => Promise.resolve(one.get(account) !== undefined),
    removeAccount: (account, now) => writes.run(() => removeAccount(account, now)),
    addCode: ({ account, code, now, expires }) =>
      writes.run(() => insertCode.run(account, code, now, expires).changes === 1),
    codes: (account, now) =>
      Promise.resolve(
        codes.all(account, now).map((row) => ({
          id: integerOf(row, "id"),
          code: textOf(row, "code"),
          spentBy: optionalTextOf(row, "spent_by"),
        })),
      ),
    heldKey: (kid) => {
      const row = heldKey.get(kid);
      return Promise.resolve(row === undefined ? undefined : publicJwkOf(row, "jwk"));
    },
    rememberSender: (kid, jwk) =>
      writes.run(() => {
        insertSender.run(kid, JSON.stringify(jwk));
      }),
    senderStanding: (fromId, kid) => {
      const row = standing.get(fromId ?? null, kid);
      const is = (name: string): boolean => integerOf(row, name) === 1;
      return Promise.resolve({ fromIsAccount: is("account"), local: is("local"), registered: is("registered") });
    },
    addEnquirer: ({ kid, jwk, name, now }) =>
      writes.run(() => insertEnquirer.run(kid, JSON.stringify(jwk), name, now).changes === 1),
    enquirers: () =>
      Promise.resolve(
        enquirers.all().map((row) => ({
          kid: textOf(row, "kid"),
          name: textOf(row, "name"),
          created: integerOf(row, "created"),
        })),
      ),
    removeEnquirer: (kid) => writes.run(() => removeEnquirer.run(kid).changes === 1),
  };
}
