/** Accounts' policies and cool-downs in SQLite. Lists are JSON in a column: they are read and written whole. */
import type Database from "libsql";
import { NO_POLICY, type PolicyChange, type PolicyStore, type StoredPolicy } from "../policies.ts";
import { afterRejection, type CoolDownRule, type Strikes } from "../strikes.ts";
import type { GroupCommit } from "./group-commit.ts";
import { integerOf, numbersOf, textOf, textsOf } from "./parse-rows.ts";

/** Notes a rejection; to be called inside a transaction. */
export type Strike = (account: string, kid: string, now: number, rule: CoolDownRule) => void;

function strikesOf(row: unknown): Strikes {
  return Object.freeze({
    rejected: numbersOf(row, "rejected"),
    rounds: integerOf(row, "rounds"),
    until: integerOf(row, "until"),
  });
}

export function sqliteStrike(database: Database.Database): Strike {
  const one = database.prepare("SELECT rejected, rounds, until FROM strikes WHERE account = ? AND kid = ?");
  const put = database.prepare(`
    INSERT INTO strikes (account, kid, rejected, rounds, until) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT DO UPDATE SET rejected = ?3, rounds = ?4, until = ?5`);
  return (account, kid, now, rule) => {
    const row = one.get(account, kid);
    const { rejected, rounds, until } = afterRejection(row === undefined ? undefined : strikesOf(row), now, rule);
    put.run(account, kid, JSON.stringify(rejected), rounds, until);
  };
}

export function sqlitePolicies(database: Database.Database, writes: GroupCommit): PolicyStore {
  const one = database.prepare("SELECT block, allow, allow_only FROM policies WHERE account = ?");
  const put = database.prepare(`
    INSERT INTO policies (account, block, allow, allow_only) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT DO UPDATE SET block = ?2, allow = ?3, allow_only = ?4`);
  const lift = database.prepare("DELETE FROM strikes WHERE account = ? AND kid = ?");
  const strikes = database.prepare("SELECT rejected, rounds, until FROM strikes WHERE account = ? AND kid = ?");
  const coolDowns = database.prepare(
    "SELECT kid, until FROM strikes WHERE account = ? AND until > ? ORDER BY until DESC, kid LIMIT ?",
  );

  function policyOf(account: string): StoredPolicy {
    const row = one.get(account);
    if (row === undefined) return NO_POLICY;
    return Object.freeze({
      block: textsOf(row, "block"),
      allow: textsOf(row, "allow"),
      allowOnly: integerOf(row, "allow_only") === 1,
    });
  }
  function change(account: string, { lift: lifted = [], ...given }: PolicyChange): void {
    const { block, allow, allowOnly } = { ...policyOf(account), ...given };
    put.run(account, JSON.stringify(block), JSON.stringify(allow), allowOnly ? 1 : 0);
    for (const kid of lifted) lift.run(account, kid);
  }

  return {
    accountPolicy: (account) => Promise.resolve(policyOf(account)),
    changePolicy: (account, given) =>
      writes.run(() => {
        change(account, given);
      }),
    strikes: (account, kid) => {
      const row = strikes.get(account, kid);
      return Promise.resolve(row === undefined ? undefined : strikesOf(row));
    },
    coolDowns: (account, now, limit) =>
      Promise.resolve(
        coolDowns.all(account, now, limit).map((row) => ({ kid: textOf(row, "kid"), until: integerOf(row, "until") })),
      ),
  };
}
