/** What a session of ours is like, whatever the server's or the role's settings are; and the servers that we refuse. */
import type pg from "pg";
import { StoreError } from "../errors.ts";

/** The tables live in a schema of their own, so that a database may be shared with other programs. */
export const SCHEMA = "mesh_confirm";

const OLDEST = 150_000;

/**
 * A transaction that waits for another's lock, or a process that stopped in the middle of one, must not hold up the rest.
 * What is acknowledged is on disk: a server that was told to acknowledge sooner is overruled.
 */
const SETTINGS = `
  SET search_path = ${SCHEMA}, pg_temp;
  SET default_transaction_isolation = 'read committed';
  SET lock_timeout = '5s';
  SET statement_timeout = '10s';
  SET idle_in_transaction_session_timeout = '15s';
  SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`;

const SERVER = `
  SELECT CAST(current_setting('server_version_num') AS integer) AS version,
    current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
    current_setting('full_page_writes') AS pages, pg_is_in_recovery() AS reads_only`;

interface Server {
  readonly version: number;
  readonly encoding: string;
  readonly fsync: string;
  readonly pages: string;
  readonly reads_only: boolean;
}

/** Makes a new connection ours. @throws StoreError `unsupported`, `unavailable` */
export async function prepareSession(client: pg.ClientBase, name: string): Promise<void> {
  const [server] = (await client.query<Server>(SERVER)).rows;
  if (server === undefined) throw new StoreError("unavailable", `PostgreSQL (${name}) says nothing of itself.`);
  const refuse = (why: string): StoreError => new StoreError("unsupported", `PostgreSQL (${name}) ${why}`);
  if (server.version < OLDEST) throw refuse("is too old: it has to be 15 or later.");
  if (server.encoding !== "UTF8") throw refuse(`has the encoding ${server.encoding}: it has to be UTF8.`);
  if (server.fsync !== "on" || server.pages !== "on") {
    throw refuse("would lose what it acknowledged: set fsync and full_page_writes to on.");
  }
  if (server.reads_only) throw new StoreError("unavailable", `PostgreSQL (${name}) is a standby, which only reads.`);
  await client.query(SETTINGS);
}
