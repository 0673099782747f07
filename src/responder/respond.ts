/**
 * The answer: the sole caller of signing one. A decision must name the request that is on the screen, by BrokerID and
 * digest, at least 600 ms after it got there. Taking the request and storing its signed answer are one conditional write:
 * of two clicks one is stored, the other's signature is thrown away unseen.
 */
import { encryptJws, signResponse, TYP } from "../crypto/index.ts";
import { isTyped } from "./endorsement.ts";
import type { InboxEntry, Trust } from "./inbox-entry.ts";
import { expireIfDue } from "./lapse.ts";
import { type OpenedRequest, openForAccount } from "./open-entry.ts";
import type { ResponderPorts } from "./ports.ts";
import type {
  Decision,
  DecisionOutcome,
  DecisionRefusal,
  EndorsementDecision,
  EndorsementOutcome,
  RequestRef,
} from "./view.ts";
import { readyToSign } from "./prove-presence.ts";
import { knownAs } from "./who.ts";

/**
 * Signs and stores the user's decision. Delivering it is for `deliverDue`.
 *
 * @param rules.armingMs - how long the request must have been on the screen
 */
export async function decide(
  ports: ResponderPorts,
  decision: Decision,
  rules: { readonly armingMs: number },
): Promise<DecisionOutcome> {
  const shown = await shownEntry(ports, decision, rules);
  if ("refusal" in shown) return shown;
  const { entry, opened } = shown;
  // Without its own view nobody has seen what it would let in.
  if (opened.endorses !== undefined) return refused("not_presented");
  const label = chosenLabel(opened, decision);
  if (label === false || (decision.value && decision.reason !== undefined)) return refused("choice");
  const known = await knownAs(ports, opened.request, entry.vouched);
  if (decision.value && !maySay(known, decision.expected)) return refused("sender");
  return sign(ports, entry, opened, decision, label, known.trust);
}

/**
 * The same about a new device. A yes needs the end of its fingerprint, typed from its screen.
 *
 * @param rules.armingMs - how long it must have been on the screen
 */
export async function decideEndorsement(
  ports: ResponderPorts,
  decision: EndorsementDecision,
  rules: { readonly armingMs: number },
): Promise<EndorsementOutcome> {
  const shown = await shownEntry(ports, decision, rules);
  if ("refusal" in shown) return shown;
  const { entry, opened } = shown;
  if (opened.endorses === undefined) return refused("not_presented");
  if (decision.value && decision.reason !== undefined) return refused("choice");
  if (decision.value && !isTyped(opened.endorses.signingKey.kid, decision.typed ?? "")) {
    return { ok: false, refusal: "fingerprint" };
  }
  return sign(ports, entry, opened, { ...decision, choice: undefined }, undefined, undefined);
}

/** The entry that a decision is about, if it was on the screen for long enough and is still what it was. */
async function shownEntry(
  ports: ResponderPorts,
  ref: RequestRef,
  rules: { readonly armingMs: number },
): Promise<{ readonly entry: InboxEntry; readonly opened: OpenedRequest } | Refused> {
  let entry: InboxEntry | undefined;
  try {
    entry = await ports.storage.get(ref, ref.digest);
  } catch {
    return refused("storage");
  }
  if (entry?.brokerId !== ref.id) return refused("not_found");
  if (entry.state === "verified" || entry.presented === undefined) return refused("not_presented");
  if (entry.state !== "presented" || (await expireIfDue(ports, entry))) return refused("not_pending");
  const now = ports.clock();
  if (now - entry.presented < rules.armingMs) return refused("too_soon");
  const opened = await openForAccount(ports, entry, now);
  if (!opened.ok || opened.request.digest !== entry.digest) return refused("not_presented");
  // Until when it lives is signed, too: what the storage says about that is not enough.
  if (await expireIfDue(ports, { ...entry, expires: opened.expires })) return refused("not_pending");
  return { entry, opened };
}

type Refused = { readonly ok: false; readonly refusal: DecisionRefusal };

function refused(refusal: DecisionRefusal): Refused {
  return { ok: false, refusal };
}

/** The label that the decision names; undefined where none is needed, false where it is missing or foreign. */
function chosenLabel({ request, srml }: OpenedRequest, { value, choice }: Decision): string | undefined | false {
  if (!value) return choice === undefined ? undefined : false;
  // Whether it is the right code only the sender can say; that it is one is all that is known here.
  if (request.match !== undefined) return isCode(choice) ? undefined : false;
  if (srml.buttons.length === 0) return choice === undefined ? undefined : false;
  return srml.buttons.find((button) => (button.value ?? button.label) === choice)?.label ?? false;
}

function isCode(choice: string | undefined): boolean {
  return choice !== undefined && /^[0-9]{6,12}$/.test(choice);
}

/** A yes to an unverified sender needs the user's tick; to a sender whose key changed there is none. */
function maySay({ trust, check }: Awaited<ReturnType<typeof knownAs>>, expected: boolean): boolean {
  // While the domain is being asked the trust word may still change; nothing is accepted before it has settled.
  if (check === "running" || check === "due") return false;
  return trust !== "changed" && (trust !== "unverified" || expected);
}

async function sign(
  ports: ResponderPorts,
  entry: InboxEntry,
  opened: OpenedRequest,
  decision: Pick<Decision, "value" | "choice" | "reason" | "presence">,
  label: string | undefined,
  trust: Trust | undefined,
): Promise<DecisionOutcome> {
  const ready = await readyToSign(ports, entry, opened, decision);
  if ("refusal" in ready) return ready;
  const { request, srml, encryptedFor } = opened;
  const signed = await signResponse(await ports.keys.signingKey(entry), ready.response, ready.assertion);
  const option = srml.buttons.findIndex((button) => button.label === label);
  const isSecret = encryptedFor > 0;
  const answer = {
    // Whoever asked in secret is answered in secret, and by the key that is signed in the question alone.
    jws: request.replyKey === undefined ? signed : await encryptJws(signed, TYP.response, [request.replyKey]),
    value: decision.value,
    reason: decision.reason,
    label: isSecret ? undefined : label,
    option: isSecret && option >= 0 ? option : undefined,
    at: ready.response.created,
    trust,
    attempts: 0,
    nextAttempt: ready.response.created,
  };
  try {
    const taken = await ports.storage.replace(["presented"], { ...entry, state: "answered", answer });
    return taken ? { ok: true } : refused("not_pending");
  } catch {
    return refused("storage");
  }
}
