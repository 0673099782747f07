/**
 * Presence (design §7): a yes that the user's own authenticator signed over, after it asked for a fingerprint, a PIN or the
 * like. Two messages: the first yes is answered by a prompt, the second brings the proof. Nothing is kept between them: the
 * answer is made again from the stored request, to the byte, and the proof must be over exactly that.
 */
import { type NewResponse, responsePayload } from "../crypto/index.ts";
import type { PresenceAssertion } from "../protocol/index.ts";
import { presenceChallenge, ReceiptError, verifyPresence } from "../receipt/index.ts";
import type { AccountKey, InboxEntry } from "./inbox-entry.ts";
import type { OpenedRequest } from "./open-entry.ts";
import type { ResponderPorts } from "./ports.ts";
import type { Decision, DecisionOutcome, PresenceState } from "./view.ts";

/** How old a proof may be, in milliseconds: as long as a browser lets somebody look for their key. */
const PROOF_MS = 5 * 60_000;

/** What an Accept takes; undefined where a press is enough. @param demanded - by the request itself */
export async function presenceState(
  { presence }: Pick<ResponderPorts, "presence">,
  account: AccountKey,
  demanded: boolean,
): Promise<PresenceState | undefined> {
  const setting = await presence?.(account);
  if (!demanded && setting?.always !== true) return undefined;
  if (setting !== undefined) return "ask";
  return presence === undefined ? "unable" : "unset";
}

/** What is to be signed, with the proof where one is needed; or why that cannot be yet. */
export async function readyToSign(
  ports: Pick<ResponderPorts, "presence" | "clock">,
  entry: InboxEntry,
  { request, endorses }: OpenedRequest,
  { value, choice, reason, presence: proof }: Pick<Decision, "value" | "choice" | "reason" | "presence">,
): Promise<
  { readonly response: NewResponse; readonly assertion?: PresenceAssertion } | Exclude<DecisionOutcome, { ok: true }>
> {
  const now = ports.clock();
  const answerAt = (created: number): NewResponse => ({ signedRequest: request.jws, value, choice, reason, created });
  const setting = await ports.presence?.(entry);
  // A key for presence is let in by one, else it would be worth no more than the key that signs.
  const isDemanded = request.presence || setting?.always === true || endorses?.presence !== undefined;
  if (!value || !isDemanded || (setting === undefined && !request.presence)) return { response: answerAt(now) };
  if (setting === undefined) return { ok: false, refusal: "presence_unable" };
  const isFresh =
    proof !== undefined &&
    proof.created >= (entry.presented ?? now) &&
    proof.created <= now &&
    now - proof.created <= PROOF_MS;
  const response = answerAt(isFresh ? proof.created : now);
  const payload = new TextEncoder().encode(responsePayload(response));
  if (!isFresh) {
    const { credentialId } = setting.key;
    const prompt = { challenge: await presenceChallenge(payload), credentialId, created: now };
    return { ok: false, refusal: "prompt", prompt };
  }
  try {
    await verifyPresence(proof.assertion, payload, setting.key);
  } catch (error) {
    if (error instanceof ReceiptError) return { ok: false, refusal: "presence" };
    throw error;
  }
  return { response, assertion: proof.assertion };
}
