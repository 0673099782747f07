/** What a session of ours is like, whatever the server's or the role's settings are; and the servers that we refuse. */
import { StoreError } from "../errors.ts";
import { integerOf, textOf } from "../scripts/parse-rows.ts";
import type { Ask } from "./ask.ts";

/** The tables live in a schema of their own, so that a database may be shared with other programs. */
export const SCHEMA = "mesh_confirm";

const OLDEST = 150_000;

/**
 * Every row is found by an index, however few or many a table had when a statement was planned: what is asked for many at
 * once would else now and then read a table whole.
 */
export const PLANS: readonly string[] = ["enable_seqscan = off", "enable_hashjoin = off", "enable_mergejoin = off"];

/**
 * A transaction that waits for another's lock, or a process that stopped in the middle of one, must not hold up the rest.
 * What is acknowledged is on disk: a server that was told to acknowledge sooner is overruled.
 */
const SETTINGS = `
  SET search_path = ${SCHEMA}, pg_temp;
  SET default_transaction_isolation = 'read committed';
  SET default_transaction_read_only = on;
  SET lock_timeout = '5s';
  SET statement_timeout = '10s';
  SET idle_in_transaction_session_timeout = '15s';
  ${PLANS.map((setting) => `SET ${setting};`).join(" ")}
  SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`;

const SERVER = `
  SELECT CAST(current_setting('server_version_num') AS integer) AS version,
    current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
    current_setting('full_page_writes') AS pages, CAST(pg_is_in_recovery() AS integer) AS reads_only`;

/** Makes a new connection ours. @throws StoreError `unsupported`, `unavailable`, `failed` */
export async function prepareSession(ask: Ask, name: string): Promise<void> {
  const [server] = (await ask(SERVER)).rows;
  const refuse = (why: string): StoreError => new StoreError("unsupported", `PostgreSQL (${name}) ${why}`);
  if (integerOf(server, "version") < OLDEST) throw refuse("is too old: it has to be 15 or later.");
  const encoding = textOf(server, "encoding");
  if (encoding !== "UTF8") throw refuse(`has the encoding ${encoding}: it has to be UTF8.`);
  if (textOf(server, "fsync") !== "on" || textOf(server, "pages") !== "on") {
    throw refuse("would lose what it acknowledged: set fsync and full_page_writes to on.");
  }
  if (integerOf(server, "reads_only") === 1) {
    throw new StoreError("unavailable", `PostgreSQL (${name}) is a standby, which only reads.`);
  }
  await ask(SETTINGS);
}
