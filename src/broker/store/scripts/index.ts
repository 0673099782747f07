/** The scripts of all that a store keeps, on one engine. What a broker forgets every second each engine has of its own. */
import type { AccountStore } from "../accounts.ts";
import type { AuditStore } from "../audit.ts";
import type { PolicyStore } from "../policies.ts";
import type { RequestStore } from "../requests.ts";
import type { Engine } from "../script.ts";
import type { ServiceKeyStore } from "../service-keys.ts";
import { accountScripts } from "./accounts.ts";
import { auditScripts } from "./audit.ts";
import { auditReadingScripts } from "./audit-reading.ts";
import { deviceScripts } from "./devices.ts";
import { policyScripts } from "./policies.ts";
import { arrivalScripts } from "./requests.ts";
import { revokingScripts } from "./revoke.ts";
import { serviceKeyScripts } from "./service-keys.ts";
import { settlingScripts } from "./settle.ts";

export function scriptsOn(engine: Engine): AccountStore & AuditStore & PolicyStore & RequestStore & ServiceKeyStore {
  return {
    ...accountScripts(engine),
    ...deviceScripts(engine),
    ...revokingScripts(engine),
    ...arrivalScripts(engine),
    ...settlingScripts(engine),
    ...policyScripts(engine),
    ...serviceKeyScripts(engine),
    ...auditScripts(engine),
    ...auditReadingScripts(engine),
  };
}
