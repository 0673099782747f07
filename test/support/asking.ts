/** Asks as an enquirer does, in this process and without waiting for the answer: for tests of who is asking. */
import { connectDevice } from "../../src/client/index.ts";
import { parseConnectCode, type SigningKey } from "../../src/crypto/index.ts";
import { isJsonObject, type Jws, parseEndpoint } from "../../src/protocol/index.ts";
import { messageOf, sendHttp } from "./broker.ts";
import { newKey, profileOf, signedRequest } from "./signing.ts";
import type { System } from "./system.ts";

type Asked = NonNullable<Parameters<typeof signedRequest>[1]>;

export interface Posted {
  readonly status: number;
  readonly brokerId: string;
}

/** Posts a signed request; the broker's status and BrokerID. */
export async function post(system: System, account: string, request: Jws): Promise<Posted> {
  const body = JSON.stringify({ EnquireRequest: { Request: { Request: request, ResponderAccount: account } } });
  const { body: answer, status } = messageOf((await sendHttp(parseEndpoint(system.origin), { body })).json);
  const { BrokerID } = answer;
  return { status, brokerId: typeof BrokerID === "string" ? BrokerID : "" };
}

/** Signs a request now, and posts it. */
export async function ask(system: System, key: SigningKey, more: Asked & { readonly toId: string }): Promise<Posted> {
  return post(system, more.toId, await signedRequest(key, { created: Date.now(), ...more }));
}

/** What a request became, as its enquirer sees it. */
export async function statusOf(system: System, brokerId: string): Promise<string> {
  const body = JSON.stringify({ StatusRequest: { BrokerID: brokerId } });
  const { body: answer } = messageOf((await sendHttp(parseEndpoint(system.origin), { body })).json);
  const { Response } = answer;
  const status = Response !== undefined && isJsonObject(Response) ? Response["RequestStatus"] : undefined;
  return typeof status === "string" ? status : "";
}

/** A device of an account: the key that its broker vouches for under that name. */
export async function newDevice(system: System, account: string): Promise<SigningKey> {
  const key = await newKey();
  const code = parseConnectCode(await system.code(account)) ?? "";
  const input = { account, code, deviceName: "a test", key, profile: await profileOf(key, account) };
  const connected = await connectDevice(input, { endpoint: parseEndpoint(system.origin), fetch, clock: Date.now });
  if (!connected.ok) throw new Error(connected.outcome.StatusDescription);
  return key;
}
