/**
 * What a broker says when it does not do what was asked: one table from the codes of every layer to the protocol's
 * status. What is not in it is a defect, answered with 500 and no details.
 */
import { CryptoError } from "../crypto/index.ts";
import { type Outcome, ProtocolError, STATUS, type Status } from "../protocol/index.ts";
import { SrmlError } from "../srml/index.ts";
import { isPassing, StoreError } from "./store/index.ts";

const REFUSALS = {
  /** The envelope says something else than what is signed, or two members exclude each other. */
  contradiction: 400,
  /** The dates of a request are not ones that a responder would take. */
  dates: 400,
  /** The answer is over another request than the one that it names. */
  other_request: 400,
  not_authenticated: 401,
  replayed: 401,
  wrong_proof: 401,
  forbidden: 403,
  unknown_account: 404,
  unknown_device: 404,
  unknown_request: 404,
  /** The EnquirerID, the request or the account is there already. */
  exists: 409,
  answered: 409,
  /** Expired, cancelled or refused. */
  over: 410,
  too_large: 413,
  too_many: 429,
  /** The broker has more to do than it can. */
  overloaded: 503,
  unavailable: 503,
} as const satisfies Readonly<Record<string, Status>>;

export type RefusalCode = keyof typeof REFUSALS;

/** A refusal. `message` is a sentence for the caller, without anything that the caller may not know. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  /** For `too_many` and `overloaded`: seconds. */
  readonly retryAfter: number | undefined;
  /** For `forbidden`: that the caller is a device which is not active. */
  readonly deviceState: Outcome["DeviceState"];

  constructor(code: RefusalCode, message: string, retryAfter?: number, deviceState?: Outcome["DeviceState"]) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
    this.deviceState = deviceState;
  }
}

const LONGEST_SENTENCE = 1000;
/** An operator has to make room. */
const FULL_SECONDS = 30;

function outcome(status: Status, sentence: string, retryAfter?: number): Outcome {
  return {
    Status: status,
    StatusDescription: sentence.slice(0, LONGEST_SENTENCE),
    ...(retryAfter === undefined ? {} : { RetryAfter: retryAfter }),
  };
}

/** What a caller is told of an error; `defect` where the operator must look at it. */
export interface Told {
  readonly outcome: Outcome;
  /** The layer's own code, for the log. */
  readonly code: string;
  readonly defect: boolean;
}

/** Maps what a transaction threw. An object that does not verify is 400; a call that does not is 401 before it comes here. */
export function tell(error: unknown): Told {
  if (error instanceof Refusal) {
    const { code, message, retryAfter, deviceState } = error;
    const device = deviceState === undefined ? {} : { DeviceState: deviceState };
    return { outcome: { ...outcome(REFUSALS[code], message, retryAfter), ...device }, code, defect: false };
  }
  if (error instanceof ProtocolError) {
    const status = error.code === "json_too_large" ? 413 : 400;
    return { outcome: outcome(status, error.message), code: error.code, defect: false };
  }
  if (error instanceof CryptoError || error instanceof SrmlError) {
    return { outcome: outcome(400, error.message), code: error.code, defect: false };
  }
  if (error instanceof StoreError && (isPassing(error) || error.code === "closed")) {
    const seconds = error.code === "full" ? FULL_SECONDS : 1;
    return { outcome: outcome(503, `${STATUS[503]}; try again`, seconds), code: error.code, defect: false };
  }
  return { outcome: outcome(500, STATUS[500]), code: "defect", defect: true };
}
