/**
 * Does this answer answer that request? Both signatures, the option chosen, the dates: everything that can be said
 * without knowing whose device signed. Used by the enquirer when the answer comes, and by whoever reads a receipt later.
 */
import {
  openRequest,
  openResponse,
  requestDigest,
  type VerifiedRequest,
  type VerifiedResponse,
} from "../crypto/index.ts";
import type { Jws } from "../protocol/index.ts";
import { parseSrml, type Srml, SrmlError } from "../srml/index.ts";
import { Checklist } from "./checklist.ts";
import { ReceiptError } from "./errors.ts";
import { type KnownPresence, presenceProvedBy } from "./known-presence.ts";
import { type MatchEvidence, requireCode, verifyMatch } from "./match.ts";
import { checkDates } from "./dates.ts";
import { opened } from "./opened.ts";

export interface VerifiedAnswer {
  readonly request: VerifiedRequest;
  readonly response: VerifiedResponse;
  readonly srml: Srml;
  /** The label of the option that was accepted; undefined for a no, and where the request has no options. */
  readonly label: string | undefined;
}

export interface VerifyOptions {
  /** Where to note what was checked. */
  readonly checks?: Checklist;
  /** Nonce and code of a request with `Match`: a yes to such a request does not verify without. */
  readonly match?: MatchEvidence | undefined;
  /**
   * Finds the keys for presence that count for the device that answered, for a yes to a request with `Presence`, which does
   * not verify without. May throw a ReceiptError that says why there are none.
   */
  readonly presence?: (answer: Omit<VerifiedAnswer, "label">) => Promise<readonly KnownPresence[]>;
}

/**
 * Verifies an answer.
 *
 * @param posted - the request as it was posted, where the verifier posted it: then the answer must hold exactly that,
 *   `signature` included
 * @throws ReceiptError any code but `not_anchored`
 */
export async function verifyAnswer(
  answer: Jws,
  posted?: Jws,
  { checks = new Checklist(), match, presence = () => Promise.resolve([]) }: VerifyOptions = {},
): Promise<VerifiedAnswer> {
  const response = await checks.make("answer_signature", () => opened(() => openResponse(answer)));
  checks.passed("answer_signature", `by ${response.signer.kid}`);
  if (posted !== undefined) {
    await checks.make("same_request", () => requireSame(posted, response.signedRequest));
    checks.passed("same_request", "the answer holds the request that was posted");
  }
  const request = await checks.make("request_signature", () => opened(() => openRequest(response.signedRequest)));
  checks.passed("request_signature", `by ${request.signer.kid}`);
  await checks.make("demands", () => {
    checkDemands(request, response);
  });
  const srml = await checks.make("text", () => readText(request.text));
  checks.passed("text", "it is SRML that a responder shows, and is what was signed");
  const label = await checks.make("choice", () => chosenLabel(srml, request, response));
  if (label !== undefined) checks.passed("choice", "it is one of the request's options");
  await checks.make("dates", () => {
    checkDates(request, response);
  });
  if (areDated(request, response)) checks.passed("dates", "those of enquirer and device agree");
  if (request.presence && response.value) {
    const by = await checks.make("presence", async () =>
      requirePresence(answer, await presence({ request, response, srml })),
    );
    checks.passed("presence", `fingerprint, PIN or the like was asked for, by ${by.key.key.kid}, ${by.how}`);
  }
  if (request.match !== undefined && response.value) {
    // Last, so that a wrong code is said only of an answer of which nothing else is wrong.
    await checks.make("match", () => verifyMatch(request, response, match));
    checks.passed("match", "the code that was typed is the one that the enquirer showed");
  }
  return Object.freeze({ request, response, srml, label });
}

async function requireSame(posted: Jws, inner: Jws): Promise<void> {
  const isSame =
    (await requestDigest(posted)) === (await requestDigest(inner)) &&
    posted.signatures[0]?.signature === inner.signatures[0]?.signature;
  if (!isSame) {
    throw new ReceiptError("other_request", "The answer is over another request than the one that was posted.");
  }
}

function readText(text: string): Srml {
  try {
    return parseSrml(text);
  } catch (error) {
    if (error instanceof SrmlError) throw new ReceiptError("text", error.message);
    throw error;
  }
}

/** A yes is only as good as what the enquirer demanded of it; a no may be given to anything. */
function checkDemands({ endorse }: VerifiedRequest, { value }: VerifiedResponse): void {
  if (value && endorse !== undefined) {
    throw new ReceiptError("unsupported", "The request asks to let a device in, which is no question of an enquirer.");
  }
}

async function requirePresence(answer: Jws, keys: readonly KnownPresence[]): Promise<KnownPresence> {
  if (answer.signatures[0]?.header?.presence === undefined) {
    throw new ReceiptError("presence", "The request asks for a proof of presence, and the answer has none.");
  }
  const by = await presenceProvedBy(answer, keys);
  if (by !== undefined) return by;
  throw new ReceiptError("presence", "The proof of presence does not hold with a key that counts for this device.");
}

function chosenLabel(srml: Srml, request: VerifiedRequest, response: VerifiedResponse): string | undefined {
  const { value, choice, reason } = response;
  if (!value) {
    // No responder signs that; a reader who looks at the choice alone would take it for a yes.
    if (choice !== undefined) throw new ReceiptError("choice", "The answer rejects, and yet names an option.");
    return undefined;
  }
  if (reason !== undefined) {
    throw new ReceiptError("choice", "The answer accepts, and yet says that the user did not start this.");
  }
  if (request.match !== undefined) {
    if (srml.buttons.length > 0) throw new ReceiptError("choice", "The request has options and asks for a code.");
    requireCode(response);
    return undefined;
  }
  const chosen = srml.buttons.find((button) => (button.value ?? button.label) === choice);
  if (chosen === undefined && (srml.buttons.length > 0 || choice !== undefined)) {
    throw new ReceiptError("choice", "The answer accepts without naming one of the request's options.");
  }
  return chosen?.label;
}

/** Whether there were two dates to compare: a plain draft peer signs none. */
function areDated(request: VerifiedRequest, response: VerifiedResponse): boolean {
  return response.created !== undefined && (request.created ?? request.expire) !== undefined;
}
