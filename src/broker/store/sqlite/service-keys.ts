/** The service's keys in SQLite. */
import type Database from "libsql";
import type { LaterServiceKey, ServiceKeyStore } from "../service-keys.ts";
import type { GroupCommit } from "./group-commit.ts";
import { integerOf, jwsOf, privateJwkOf } from "./parse-rows.ts";

export function sqliteServiceKeys(database: Database.Database, writes: GroupCommit): ServiceKeyStore {
  const insertFirst = database.prepare(
    "INSERT INTO meta (name, value) VALUES ('service_key', ?) ON CONFLICT DO NOTHING",
  );
  const first = database.prepare("SELECT value FROM meta WHERE name = 'service_key'");
  const later = database.prepare("SELECT jwk, handover, since FROM service_keys ORDER BY place");
  const insert = database.prepare(`
    INSERT INTO service_keys (place, jwk, handover, since)
    SELECT ?1, ?2, ?3, ?4 WHERE (SELECT count(*) FROM service_keys) = ?1`);

  return {
    serviceKey: (candidate) =>
      writes.run(() => {
        insertFirst.run(JSON.stringify(candidate));
        return privateJwkOf(first.get(), "value");
      }),
    laterServiceKeys: () =>
      Promise.resolve<readonly LaterServiceKey[]>(
        later.all().map((row) => ({
          jwk: privateJwkOf(row, "jwk"),
          handover: jwsOf(row, "handover"),
          since: integerOf(row, "since"),
        })),
      ),
    addServiceKey: ({ jwk, handover, since }, after) =>
      writes.run(() => insert.run(after, JSON.stringify(jwk), JSON.stringify(handover), since).changes === 1),
  };
}
