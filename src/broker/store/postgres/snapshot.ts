/** The database as it is now, also on a standby, while others go on writing it. */
import pg from "pg";
import type { AuditSnapshot } from "../audit.ts";
import { StoreError } from "../errors.ts";
import { integerOf, optionalTextOf } from "../scripts/parse-rows.ts";
import { requireSchema, snapshotOf } from "../snapshot.ts";
import type { Ask } from "./ask.ts";
import { preparedOver } from "./desk.ts";
import { FOUND, MARK } from "./migrate.ts";
import { placeAt } from "./place.ts";
import { play } from "./play.ts";
import { asStoreError } from "./postgres-error.ts";
import { MIGRATIONS } from "./schema.ts";
import { SCHEMA } from "./session.ts";

const BEGIN = `
  BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
  SET LOCAL search_path = ${SCHEMA}, pg_temp;
  SET LOCAL idle_in_transaction_session_timeout = 0`;

/** @throws StoreError `unsupported`, `unavailable`, `newer_schema`, `not_a_store`, `busy`, `failed` */
export async function openPostgresSnapshot(url: string): Promise<AuditSnapshot> {
  const place = placeAt(url);
  const client = new pg.Client(place.config);
  client.on("error", () => undefined);
  const ask: Ask = (query) =>
    client.query<Readonly<Record<string, unknown>>>(query).catch((error: unknown) => {
      throw asStoreError(error, place.name);
    });
  try {
    await client.connect().catch((error: unknown) => {
      throw asStoreError(error, place.name);
    });
    await ask(BEGIN);
    const [found] = (await ask(FOUND)).rows;
    if (optionalTextOf(found, "mark") !== MARK) {
      throw new StoreError("not_a_store", `There is no store of a broker in PostgreSQL (${place.name}).`);
    }
    const [newest] = (await ask("SELECT coalesce(max(version), 0) AS version FROM migrations")).rows;
    requireSchema(integerOf(newest, "version"), MIGRATIONS.length);
  } catch (error) {
    await client.end();
    throw error;
  }
  const send = preparedOver()(ask);
  return snapshotOf(
    (script) => play(script(), ({ sql, values }) => send(sql, values)),
    () => client.end(),
  );
}
