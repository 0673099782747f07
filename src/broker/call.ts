/** One call of a transaction, as the transaction sees it. */
import type { VerifyKey } from "../crypto/index.ts";
import type { RequestBody, ResponseBody, Transaction } from "../protocol/index.ts";
import type { Place } from "./bounds/admission.ts";
import type { Line } from "./line.ts";
import type { Service } from "./service.ts";

/** Who calls, from where. */
export interface Origin {
  /** The key that signed the call; undefined for a plain one. */
  readonly caller: VerifyKey | undefined;
  /** The source address. */
  readonly address: string;
  readonly line: Line;
  readonly place: Place;
}

/**
 * A transaction: parse (done) -> authenticate (done) -> authorise -> store -> notify.
 *
 * @throws Refusal, or the error of the layer that refused; `refusal.ts` maps both
 */
export type Handler<T extends Transaction> = (
  body: RequestBody<T>,
  origin: Origin,
  service: Service,
) => Promise<ResponseBody<T>>;
