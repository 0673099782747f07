/** Brings the tables up to date, in one transaction that two processes which start together take one after the other. */
import { StoreError } from "../errors.ts";
import { integerOf, optionalTextOf } from "../scripts/parse-rows.ts";
import type { Ask } from "./ask.ts";
import { BEGIN } from "./in-transaction.ts";
import { LOCKS } from "./locks.ts";
import { MIGRATIONS } from "./schema.ts";
import { SCHEMA } from "./session.ts";

/** So that we tell our tables from another program's; a dump carries it. */
export const MARK = "mesh-confirm";

export const FOUND = `
  SELECT obj_description(to_regclass('${SCHEMA}.migrations'), 'pg_class') AS mark,
    (SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('${SCHEMA}')) AS things`;
export const FIRST = `
  CREATE SCHEMA IF NOT EXISTS ${SCHEMA};
  CREATE TABLE migrations (version BIGINT PRIMARY KEY, applied TIMESTAMPTZ NOT NULL DEFAULT now());
  COMMENT ON TABLE migrations IS '${MARK}'`;

/** A large table may take its time, and whoever starts beside us waits for it. */
const LONGEST_MS = 600_000;
const patiently = (text: string): { readonly text: string; readonly query_timeout: number } => ({
  text,
  query_timeout: LONGEST_MS,
});

/** @throws StoreError `newer_schema`, `not_a_store`, `unavailable`, `failed` */
export async function migrate(ask: Ask): Promise<void> {
  try {
    await ask(`${BEGIN}; SET LOCAL lock_timeout = ${LONGEST_MS}; SET LOCAL statement_timeout = 0`);
    await ask(patiently(`SELECT pg_advisory_xact_lock(${LOCKS}, 0)`));
    await apply(ask);
    await ask("COMMIT");
  } catch (error) {
    await ask("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

async function apply(ask: Ask): Promise<void> {
  const [found] = (await ask(FOUND)).rows;
  if (integerOf(found, "things") === 0) await ask(FIRST);
  else if (optionalTextOf(found, "mark") !== MARK) {
    throw new StoreError("not_a_store", `The schema ${SCHEMA} of this database belongs to another program.`);
  }
  const [newest] = (await ask("SELECT coalesce(max(version), 0) AS version FROM migrations")).rows;
  const version = integerOf(newest, "version");
  if (version > MIGRATIONS.length) {
    throw new StoreError(
      "newer_schema",
      `The store is at schema ${version}; this version of confirm knows up to ${MIGRATIONS.length}. Use the newer one.`,
    );
  }
  for (const [index, step] of MIGRATIONS.slice(version).entries()) {
    await ask(patiently(step));
    await ask({ text: "INSERT INTO migrations (version) VALUES ($1)", values: [version + index + 1] });
  }
}
