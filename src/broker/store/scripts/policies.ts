/** Accounts' policies and cool-downs. Lists are JSON in a column: they are read and written whole. */
import { NO_POLICY, type PolicyChange, type PolicyStore, type StoredPolicy } from "../policies.ts";
import { accountHash, policyHash } from "../audit-hash.ts";
import { type Engine, lock, record, row, rows, run, type Script } from "../script.ts";
import { afterRejection, type CoolDownRule, type Strikes } from "../strikes.ts";
import { saltOf } from "./account-record.ts";
import { integerOf, numbersOf, textOf, textsOf } from "./parse-rows.ts";

const PUT_STRIKES = `
  INSERT INTO strikes (account, kid, rejected, rounds, until) VALUES (?1, ?2, ?3, ?4, ?5)
  ON CONFLICT (account, kid) DO UPDATE SET rejected = ?3, rounds = ?4, until = ?5`;
const PUT_POLICY = `
  INSERT INTO policies (account, block, allow, allow_only) VALUES (?1, ?2, ?3, ?4)
  ON CONFLICT (account) DO UPDATE SET block = ?2, allow = ?3, allow_only = ?4`;
const COOL_DOWNS = `
  SELECT kid, until FROM strikes WHERE account = ?1 AND until > ?2 ORDER BY until DESC, kid LIMIT ?3`;

function* strikes(account: string, kid: string): Script<Strikes | undefined> {
  const found = yield* row("SELECT rejected, rounds, until FROM strikes WHERE account = ?1 AND kid = ?2", account, kid);
  if (found === undefined) return undefined;
  return Object.freeze({
    rejected: numbersOf(found, "rejected"),
    rounds: integerOf(found, "rounds"),
    until: integerOf(found, "until"),
  });
}

/** Notes a rejection; part of the write that takes it in, which holds the account. */
export function* strike(account: string, kid: string, now: number, rule: CoolDownRule): Script<void> {
  const { rejected, rounds, until } = afterRejection(yield* strikes(account, kid), now, rule);
  yield* run(PUT_STRIKES, account, kid, JSON.stringify(rejected), rounds, until);
}

function* policy(account: string): Script<StoredPolicy> {
  const found = yield* row("SELECT block, allow, allow_only FROM policies WHERE account = ?1", account);
  if (found === undefined) return NO_POLICY;
  return Object.freeze({
    block: textsOf(found, "block"),
    allow: textsOf(found, "allow"),
    allowOnly: integerOf(found, "allow_only") === 1,
  });
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
    strikes: (account, kid) => read(() => strikes(account, kid)),
    coolDowns: (account, now, limit) =>
      read(function* () {
        const found = yield* rows(COOL_DOWNS, account, now, limit);
        return found.map((one) => ({ kid: textOf(one, "kid"), until: integerOf(one, "until") }));
      }),
  };
}
