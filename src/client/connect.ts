/**
 * Binding a device to an account by a connect code (Appendix A of the design). The code authenticates both sides and
 * never travels; nothing is kept before the service has proved that it knows the code and that the key is its own.
 */
import {
  CALL_CONTENT_TYPE,
  deviceProofParts,
  importPublicKey,
  proveCode,
  sealCall,
  serviceProofParts,
  type SigningKey,
  verifyCodeProof,
  type VerifyKey,
} from "../crypto/index.ts";
import { isJsonObject, type Jws, LIMITS, type Outcome, scanJson, writeRequest } from "../protocol/index.ts";
import { decodeBase64url, FlattenedJws } from "../protocol/index.ts";
import { type CallOptions, exchange, openSignedAnswer, readAnswer } from "./call.ts";
import { ClientError } from "./errors.ts";

export interface ConnectInput {
  /** Account id, domain in lower case. */
  readonly account: string;
  /** The 16 capitals. */
  readonly code: string;
  readonly deviceName: string;
  readonly key: SigningKey;
  readonly profile: Jws;
}

export type Connected =
  | { readonly ok: true; readonly service: VerifyKey; readonly state: "active" | "pending" }
  | { readonly ok: false; readonly outcome: Outcome };

/**
 * Connects a device.
 *
 * @returns the service key that proved itself by the code; or the broker's refusal, which is not proved by anything
 * @throws ClientError any code; `not_signed` where the service did not prove that it knows the code
 */
export async function connectDevice(input: ConnectInput, options: CallOptions): Promise<Connected> {
  const { account, code, key } = input;
  const message = writeRequest("Connect", {
    Account: account,
    DeviceName: input.deviceName,
    DeviceProfile: input.profile,
    Proof: await proveCode(code, deviceProofParts(account, key.kid)),
  });
  const call = await sealCall(key, { url: options.endpoint, message, now: options.clock() });
  const bytes = await exchange(call.body, CALL_CONTENT_TYPE, options);
  const claimed = readAnswer("Connect", claimedPayload(bytes));
  if (!("ServiceKey" in claimed) || claimed.Status >= 300) return { ok: false, outcome: claimed };
  const service = await importPublicKey(claimed.ServiceKey);
  await openSignedAnswer(bytes, { req: call.req, service });
  const parts = serviceProofParts(account, service.kid, key.kid);
  if (claimed.Proof === undefined || !(await verifyCodeProof(code, parts, claimed.Proof))) {
    throw new ClientError("not_signed", "The broker did not prove that it knows the code; nothing was kept.");
  }
  return { ok: true, service, state: claimed.State ?? "active" };
}

/** The payload of an answer whose key is inside it; only after that key proved itself does it count. */
function claimedPayload(bytes: Uint8Array): Uint8Array {
  try {
    const json = scanJson(bytes, LIMITS.answerBytes);
    if (isJsonObject(json) && json["payload"] === undefined) return bytes;
    return decodeBase64url(FlattenedJws.read(json, "answer").payload);
  } catch {
    throw new ClientError("malformed", "The broker's answer is not a message of the protocol.");
  }
}
