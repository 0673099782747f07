/** An answer comes: it must be over exactly the posted request, by a device that may answer. Only then is it a yes or a no. */
import { openResponse } from "../crypto/index.ts";
import { type FlattenedJws, isJwe, type Jws, type JwsOrJwe, LIMITS } from "../protocol/index.ts";
import {
  type KnownPresence,
  openProfiles,
  type Receipt,
  ReceiptError,
  type VerifiedAnswer,
  verifyAnswer,
} from "../receipt/index.ts";
import type { LineOptions } from "./broker-line.ts";
import { type AccountProfile, accountProfile, NO_PROFILE } from "./account-profile.ts";
import { type Answerer, answerers } from "./devices.ts";
import { EnquirerError } from "./errors.ts";
import { keptStamp } from "./kept-stamp.ts";
import { openAnswer } from "./open-answer.ts";
import type { Answered, AskResult, Posted } from "./types.ts";
import { noteWrongCode } from "./wrong-codes.ts";

/**
 * Verifies an answer, out of its envelope if it came in one, and makes its receipt.
 *
 * @param stamp - the broker's word on when the answer came, if it gave one
 * @throws EnquirerError `untrusted_answer`
 */
export async function takeAnswer(
  line: LineOptions,
  posted: Posted,
  received: JwsOrJwe,
  stamp?: FlattenedJws,
): Promise<Answered | Extract<AskResult, { readonly result: "wrong_code" }>> {
  const jws = await openAnswer(posted, received);
  const answer = await verified(jws, posted);
  const { kid } = answer === "wrong_code" ? (await openResponse(jws)).signer : answer.response.signer;
  const pin = posted.pins[0];
  const rule = { trustOnFirstUse: posted.trustOnFirstUse, ...(pin === undefined ? {} : { pin }) };
  // The answer of a pinned device does not need the broker's word, and does not wait for it long.
  const said = await accountProfile(line, posted.to, { timeoutMs: PROFILE_TIMEOUT_MS }).catch(() => undefined);
  const allowed = await answerers(line, posted.to, rule, said ?? NO_PROFILE);
  const device = allowed.find((one) => one.kid === kid);
  if (device === undefined) throw stranger(kid, posted.to, said);
  if (answer === "wrong_code") {
    await noteWrongCode(line, posted.to, posted.brokerId);
    return Object.freeze({ result: "wrong_code", deviceKid: kid });
  }
  const { response, label } = answer;
  const receipt: Receipt = {
    BrokerID: posted.brokerId,
    Response: jws,
    Devices: [
      ...provingProfiles(posted, said ?? NO_PROFILE),
      ...(said ?? NO_PROFILE).devices.map((one) => one.jws),
    ].slice(0, LIMITS.devices),
    Endorsements: endorsementsFor(posted, device, said ?? NO_PROFILE),
    Revocations: revocationsAlong(device, said ?? NO_PROFILE),
    // A stamp is over what the broker saw: of two envelopes it proves nothing to who reads what was in them.
    ...(await keptStamp(line, isJwe(received) ? undefined : stamp, answer)),
    ...evidenceOf(posted),
    Trust: device.how,
  };
  return Object.freeze({
    result: response.value ? "accepted" : "rejected",
    choice: response.choice,
    label,
    reason: response.reason,
    deviceKid: kid,
    trust: device.how,
    receipt,
  });
}

/** Nonce and code, as the receipt has them. */
function evidenceOf({ match }: Posted): Pick<Receipt, "Match"> {
  return match === undefined ? {} : { Match: { Nonce: match.nonce, Code: match.code } };
}

/** The keys that counted when it was posted: what a broker says now changes nothing. */
async function countedPresence({ presence = [] }: Posted, device: string): Promise<readonly KnownPresence[]> {
  const profiles = (await openProfiles(presence)).filter((one) => one.signingKey.kid === device);
  return profiles.flatMap(({ presence: key, jws }) =>
    key === undefined ? [] : [{ device, key, profile: jws, how: "pinned" as const }],
  );
}

/** What leads from a pin to the device; and to its key for presence, of which the broker's list has what counts. */
function endorsementsFor({ presence }: Posted, { chain }: Answerer, { statements }: AccountProfile): readonly Jws[] {
  const others = presence === undefined ? [] : statements.endorsements.filter((link) => !chain.includes(link));
  return [...chain, ...others].slice(0, LIMITS.devices).map((link) => link.jws);
}

/** The profiles with the keys for presence, where the broker does not name them any more: a later reader needs them. */
function provingProfiles({ presence = [] }: Posted, { devices }: AccountProfile): readonly Jws[] {
  return presence.filter((profile) => !devices.some((one) => one.jws.payload === profile.payload));
}

/** `wrong_code`: nothing is wrong with the answer but the code that was typed. */
async function verified(jws: Jws, posted: Posted): Promise<VerifiedAnswer | "wrong_code"> {
  try {
    return await verifyAnswer(jws, posted.request, {
      match: evidenceOf(posted).Match,
      presence: ({ response: { signer } }) => countedPresence(posted, signer.kid),
    });
  } catch (error) {
    if (error instanceof ReceiptError && error.code === "wrong_code") return "wrong_code";
    if (error instanceof ReceiptError) throw new EnquirerError("untrusted_answer", error.message);
    throw error;
  }
}

const PROFILE_TIMEOUT_MS = 5000;

function stranger(kid: string, account: string, said: AccountProfile | undefined): EnquirerError {
  const who = `The answer is signed by ${kid}, which is not a pinned device of ${account}`;
  return said === undefined
    ? new EnquirerError("undeliverable", `${who}, and the broker could not be asked whether one endorsed it.`)
    : new EnquirerError("untrusted_answer", `${who}, nor endorsed by one. It does not count.`);
}

/** What a later reader must know of the devices on the way from the pin, which may be revoked by now. */
function revocationsAlong({ chain }: Answerer, { statements }: AccountProfile): readonly Jws[] {
  const along = chain.map((link) => link.endorser);
  return statements.revocations.filter((one) => along.includes(one.kid)).map((one) => one.jws);
}
