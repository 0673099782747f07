/** Accounts' policies and cool-downs. Lists are JSON in a column: they are read and written whole. */
import { type KnownSender, NO_POLICY, type PolicyChange, type PolicyStore, type StoredPolicy } from "../policies.ts";
import { accountHash, policyHash } from "../audit-hash.ts";
import { type Engine, lock, record, row, rows, run, type Script } from "../script.ts";
import { afterRejection, type CoolDownRule, type Strikes } from "../strikes.ts";
import { saltOf } from "./account-record.ts";
import { integerOf, numbersOf, optionalTextOf, textOf, textsOf } from "./parse-rows.ts";

const PUT_STRIKES = `
  INSERT INTO strikes (account, kid, rejected, rounds, until) VALUES (?1, ?2, ?3, ?4, ?5)
  ON CONFLICT (account, kid) DO UPDATE SET rejected = ?3, rounds = ?4, until = ?5`;
const PUT_POLICY = `
  INSERT INTO policies (account, block, allow, allow_only) VALUES (?1, ?2, ?3, ?4)
  ON CONFLICT (account) DO UPDATE SET block = ?2, allow = ?3, allow_only = ?4`;
const STRIKES = "SELECT rejected, rounds, until FROM strikes WHERE account = ?1 AND kid = ?2";
const SENDER = `
  SELECT CASE WHEN EXISTS (SELECT 1 FROM accounts WHERE account = ?1) THEN 1 ELSE 0 END AS account,
    CASE WHEN EXISTS (
      SELECT 1 FROM devices WHERE kid = ?2 AND (CAST(?1 AS TEXT) IS NULL OR account = ?1) AND state = 'active'
    ) THEN 1 ELSE 0 END AS local,
    CASE WHEN EXISTS (SELECT 1 FROM enquirers WHERE kid = ?2) THEN 1 ELSE 0 END AS registered,
    block, allow, allow_only, rejected, rounds, until
  FROM (SELECT 1 AS one) one_row
    LEFT JOIN policies p ON p.account = ?3 LEFT JOIN strikes s ON s.account = ?3 AND s.kid = ?2`;
const COOL_DOWNS = `
  SELECT kid, until FROM strikes WHERE account = ?1 AND until > ?2 ORDER BY until DESC, kid LIMIT ?3`;

function strikesOf(row: unknown): Strikes {
  return Object.freeze({
    rejected: numbersOf(row, "rejected"),
    rounds: integerOf(row, "rounds"),
    until: integerOf(row, "until"),
  });
}

function policyOf(row: unknown): StoredPolicy {
  return Object.freeze({
    block: textsOf(row, "block"),
    allow: textsOf(row, "allow"),
    allowOnly: integerOf(row, "allow_only") === 1,
  });
}

function* sender(account: string, fromId: string | undefined, kid: string): Script<KnownSender> {
  const found = yield* row(SENDER, fromId ?? null, kid, account);
  const is = (name: string): boolean => integerOf(found, name) === 1;
  const has = (name: string): boolean => optionalTextOf(found, name) !== undefined;
  return {
    standing: { fromIsAccount: is("account"), local: is("local"), registered: is("registered") },
    policy: has("block") ? policyOf(found) : NO_POLICY,
    strikes: has("rejected") ? strikesOf(found) : undefined,
  };
}

/** Notes a rejection; part of the write that takes it in, which holds the account. */
export function* strike(account: string, kid: string, now: number, rule: CoolDownRule): Script<void> {
  const before = yield* row(STRIKES, account, kid);
  const { rejected, rounds, until } = afterRejection(before === undefined ? undefined : strikesOf(before), now, rule);
  yield* run(PUT_STRIKES, account, kid, JSON.stringify(rejected), rounds, until);
}

function* policy(account: string): Script<StoredPolicy> {
  const found = yield* row("SELECT block, allow, allow_only FROM policies WHERE account = ?1", account);
  return found === undefined ? NO_POLICY : policyOf(found);
}

function* change(account: string, { lift = [], ...given }: PolicyChange, by: string, at: number): Script<void> {
  yield* lock(account);
  const { block, allow, allowOnly } = { ...(yield* policy(account)), ...given };
  yield* run(PUT_POLICY, account, JSON.stringify(block), JSON.stringify(allow), allowOnly ? 1 : 0);
  for (const kid of lift) yield* run("DELETE FROM strikes WHERE account = ?1 AND kid = ?2", account, kid);
  const salt = yield* saltOf(account);
  const value = policyHash(salt, [block, allow, allowOnly, lift]);
  yield* record({ event: "policy", at, subject: accountHash(salt, account), value, by });
}

export function policyScripts({ read, write }: Engine): PolicyStore {
  return {
    accountPolicy: (account) => read(() => policy(account)),
    changePolicy: (account, given, by, now) => write(() => change(account, given, by, now)),
    sender: (account, fromId, kid) => read(() => sender(account, fromId, kid)),
    coolDowns: (account, now, limit) =>
      read(function* () {
        const found = yield* rows(COOL_DOWNS, account, now, limit);
        return found.map((one) => ({ kid: textOf(one, "kid"), until: integerOf(one, "until") }));
      }),
  };
}
