/** Calls to a broker by somebody who shares nothing with `src/client`: plain, and signed by `src/crypto`. */
import {
  CALL_CONTENT_TYPE,
  deviceProofParts,
  openAnswer,
  proveCode,
  sealCall,
  type SigningKey,
  type VerifyKey,
} from "../../src/crypto/index.ts";
import { type JsonObject, type Jws, LIMITS, scanJson } from "../../src/protocol/index.ts";
import { type Message, messageOf, sendHttp } from "./http.ts";

export interface CallerOptions {
  /** Where the broker listens. */
  readonly endpoint: string;
  /** What it is known by, where that is something else. */
  readonly url?: string;
  readonly service: VerifyKey;
  /** Whose call it is, as a proxy says. */
  readonly from?: string;
  readonly clock?: () => number;
}

export interface Caller {
  /** Posts plain JSON without a Content-Type. */
  readonly plain: (message: object) => Promise<Message>;
  /** A call to be sent, perhaps twice. */
  readonly seal: (key: SigningKey, message: object) => Promise<SealedCall>;
  /** Sends one; the answer's signature and binding are verified. */
  readonly send: (call: SealedCall) => Promise<Message>;
  readonly signed: (key: SigningKey, message: object) => Promise<Message>;
}

type SealedCall = Pick<Awaited<ReturnType<typeof sealCall>>, "body" | "req">;

export function callerOf({ endpoint, url = endpoint, service, from, clock = Date.now }: CallerOptions): Caller {
  const headers = { host: new URL(url).host, ...(from === undefined ? {} : { "x-forwarded-for": from }) };
  const seal = (key: SigningKey, message: object): Promise<SealedCall> =>
    sealCall(key, { url, message: JSON.stringify(message), now: clock() });
  const send = async ({ body, req }: SealedCall): Promise<Message> => {
    const answer = await sendHttp(endpoint, { headers: { ...headers, "content-type": CALL_CONTENT_TYPE }, body });
    const { payload } = await openAnswer(answer.text, { req, service });
    return messageOf(scanJson(payload, LIMITS.answerBytes) as JsonObject);
  };
  return {
    plain: async (message) => messageOf((await sendHttp(endpoint, { headers, body: JSON.stringify(message) })).json),
    seal,
    send,
    signed: async (key, message) => send(await seal(key, message)),
  };
}

/** What connects a device by a code. */
export async function connectMessage(account: string, kid: string, profile: Jws, code: string): Promise<object> {
  const Proof = await proveCode(code, deviceProofParts(account, kid));
  return { ConnectRequest: { Account: account, DeviceName: "a browser", DeviceProfile: profile, Proof } };
}
