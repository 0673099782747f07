/** The service's keys. */
import type { LaterServiceKey, ServiceKeyStore } from "../service-keys.ts";
import { signedHash } from "../audit-hash.ts";
import { type Engine, record, row, rows, run, tell } from "../script.ts";
import { integerOf, jwsOf, privateJwkOf } from "./parse-rows.ts";

const FIRST = "SELECT value FROM meta WHERE name = 'service_key'";
const INSERT = `
  INSERT INTO service_keys (place, jwk, handover, since)
  SELECT ?1, ?2, ?3, ?4 WHERE (SELECT count(*) FROM service_keys) = ?1 ON CONFLICT DO NOTHING`;

export function serviceKeyScripts({ read, write }: Engine): ServiceKeyStore {
  return {
    serviceKey: (candidate) =>
      write(function* () {
        const insert = "INSERT INTO meta (name, value) VALUES ('service_key', ?1) ON CONFLICT DO NOTHING";
        yield* run(insert, JSON.stringify(candidate));
        return privateJwkOf(yield* row(FIRST), "value");
      }),
    firstServiceKey: () =>
      read(function* () {
        const found = yield* row(FIRST);
        return found === undefined ? undefined : privateJwkOf(found, "value");
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
    addServiceKey: ({ jwk, handover, since }, after, now) =>
      write(function* () {
        const signed = JSON.stringify(handover);
        if ((yield* run(INSERT, after, JSON.stringify(jwk), signed, since)) === 0) return false;
        yield* tell();
        yield* record({ event: "service_key", at: now, value: signedHash(signed) });
        return true;
      }),
  };
}
