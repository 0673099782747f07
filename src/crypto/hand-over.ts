/** Service-key rotation, at the service (Appendix A of the design): a key hands over to the next one by signing it. */
import { formatTime, type Jws, type NextServiceKey, type PublicJwk } from "../protocol/index.ts";
import { signGeneral } from "./jws.ts";
import type { SigningKey } from "./keys.ts";
import { TYP } from "./signed.ts";

/** Hands over. `created` is milliseconds since 1970. */
export function signNextServiceKey(key: SigningKey, next: PublicJwk, created: number): Promise<Jws> {
  const body: NextServiceKey = { ServiceKey: next, Created: formatTime(created) };
  return signGeneral(key, TYP.nextServiceKey, JSON.stringify({ NextServiceKey: body }));
}
