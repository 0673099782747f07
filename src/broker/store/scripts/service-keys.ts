/** The service's keys. */
import type { LaterServiceKey, ServiceKeyStore } from "../service-keys.ts";
import { type Engine, row, rows, run, tell } from "../script.ts";
import { integerOf, jwsOf, privateJwkOf } from "./parse-rows.ts";

const INSERT = `
  INSERT INTO service_keys (place, jwk, handover, since)
  SELECT ?1, ?2, ?3, ?4 WHERE (SELECT count(*) FROM service_keys) = ?1 ON CONFLICT DO NOTHING`;

export function serviceKeyScripts({ read, write, writeOne }: Engine): ServiceKeyStore {
  return {
    serviceKey: (candidate) =>
      write(function* () {
        const insert = "INSERT INTO meta (name, value) VALUES ('service_key', ?1) ON CONFLICT DO NOTHING";
        yield* run(insert, JSON.stringify(candidate));
        return privateJwkOf(yield* row("SELECT value FROM meta WHERE name = 'service_key'"), "value");
      }),
    laterServiceKeys: () =>
      read(function* () {
        const found = yield* rows("SELECT jwk, handover, since FROM service_keys ORDER BY place");
        return found.map((one): LaterServiceKey => ({
          jwk: privateJwkOf(one, "jwk"),
          handover: jwsOf(one, "handover"),
          since: integerOf(one, "since"),
        }));
      }),
    addServiceKey: ({ jwk, handover, since }, after) =>
      writeOne(function* () {
        const isNext = (yield* run(INSERT, after, JSON.stringify(jwk), JSON.stringify(handover), since)) === 1;
        if (isNext) yield* tell();
        return isNext;
      }),
  };
}
