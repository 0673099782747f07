/** Hands a decision to the background, with a proof of presence where one is asked for. */
import type { EndorsementOutcome } from "../../responder/index.ts";
import { sendToBackground } from "../browser.ts";
import type { RequestOf } from "../messages.ts";
import { provePresence } from "./presence.ts";
import { NOT_COUNTED } from "./words.ts";

export type DecisionName = "popup.decide" | "popup.decideEndorsement";

const DECISION_MS = 15_000;

/**
 * Hands it over; the key of what to say where it did not count.
 *
 * @param onPrompt - called before the browser asks for a fingerprint or PIN
 * @throws BackgroundSilentError
 */
export async function handOver<N extends DecisionName>(
  name: N,
  decision: RequestOf<N>,
  onPrompt: () => void,
): Promise<string | undefined> {
  const outcome: EndorsementOutcome = await sendToBackground(name, decision, DECISION_MS);
  if (outcome.ok) return undefined;
  if (outcome.refusal !== "prompt") return NOT_COUNTED[outcome.refusal];
  // Asked again, the background has another date: what was proved then is too old.
  if (decision.presence !== undefined) return NOT_COUNTED.presence;
  onPrompt();
  const presence = await provePresence(outcome.prompt);
  return presence === undefined ? "notCountedNoProof" : handOver(name, { ...decision, presence }, onPrompt);
}
