/**
 * Binding a device to an account by a connect code (Appendix A of the design). The code authenticates both sides and
 * never travels; nothing is kept before the service has proved that it knows the code and that the key is its own.
 */
import {
  CALL_CONTENT_TYPE,
  CryptoError,
  deviceProofParts,
  importPublicKey,
  proveCode,
  sealCall,
  serviceProofParts,
  type SigningKey,
  verifyCodeProof,
  type VerifyKey,
} from "../crypto/index.ts";
import {
  decodeBase64url,
  FlattenedJws,
  isJsonObject,
  type Jws,
  LIMITS,
  type Outcome,
  ProtocolError,
  type PublicJwk,
  scanJson,
  writeRequest,
} from "../protocol/index.ts";
import { type CallOptions, checkClock, exchange, openSignedAnswer, readAnswer } from "./call.ts";
import { ClientError } from "./errors.ts";

export interface ConnectInput {
  /** Account id, domain in lower case. */
  readonly account: string;
  /** The 16 capitals; undefined at an open service, whose key is then taken on first use. */
  readonly code: string | undefined;
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
 * @returns the service key that proved itself by the code, or without a code is the one that answered; or the broker's refusal, which is not proved by anything
 * @throws ClientError any code; `not_signed` where the service did not prove that it knows the code; `clock`, which is no
 *   better proved than another refusal, where the broker refuses and dates that far from this clock
 */
export async function connectDevice(input: ConnectInput, options: CallOptions): Promise<Connected> {
  const { account, code, key } = input;
  const message = writeRequest("Connect", {
    Account: account,
    DeviceName: input.deviceName,
    DeviceProfile: input.profile,
    ...(code === undefined ? {} : { Proof: await proveCode(code, deviceProofParts(account, key.kid)) }),
  });
  const call = await sealCall(key, { url: options.endpoint, message, now: options.clock() });
  const { bytes } = await exchange(call.body, CALL_CONTENT_TYPE, options);
  const { payload, issued } = readClaim(bytes);
  const claimed = readAnswer("Connect", payload);
  if (claimed.Status === 401 && issued !== undefined) checkClock(issued, options.clock());
  if (claimed.Status >= 300) return { ok: false, outcome: claimed };
  const service = await claimedKey(claimed.ServiceKey);
  await openSignedAnswer(bytes, { req: call.req, service });
  const parts = serviceProofParts(account, service.kid, key.kid);
  if (code !== undefined && !(await verifyCodeProof(code, parts, claimed.Proof ?? "").catch(() => false))) {
    throw new ClientError("not_signed", "The broker did not prove that it knows the code; nothing was kept.");
  }
  return { ok: true, service, state: claimed.State ?? "active" };
}

async function claimedKey(jwk: PublicJwk | undefined): Promise<VerifyKey> {
  if (jwk === undefined) throw new ClientError("not_signed", "The broker did not name its key; nothing was kept.");
  try {
    return await importPublicKey(jwk);
  } catch (error) {
    if (error instanceof CryptoError) throw new ClientError("malformed", `The broker's key: ${error.message}`);
    throw error;
  }
}

interface Claim {
  readonly payload: Uint8Array;
  /** When the broker says that it answered, in milliseconds since 1970. */
  readonly issued: number | undefined;
}

/** What an answer says whose key is inside it; only after that key proved itself does it count. */
function readClaim(bytes: Uint8Array): Claim {
  try {
    const json = scanJson(bytes, LIMITS.answerBytes);
    if (isJsonObject(json) && json["payload"] === undefined) return { payload: bytes, issued: undefined };
    const jws = FlattenedJws.read(json, "answer");
    const header = scanJson(decodeBase64url(jws.protected), LIMITS.messageBytes);
    const iat = isJsonObject(header) ? header["iat"] : undefined;
    return {
      payload: decodeBase64url(jws.payload),
      issued: typeof iat === "number" && Number.isSafeInteger(iat) ? iat * 1000 : undefined,
    };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ClientError("malformed", "The broker's answer is not a message of the protocol.");
  }
}
