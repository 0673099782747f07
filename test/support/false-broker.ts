/**
 * A broker that signs well and lies: its key is the one that the enquirer pinned, and each answer is what the test says.
 * What an honest broker would do is the default.
 */
import { CALL_CONTENT_TYPE, newBrokerId } from "../../src/crypto/index.ts";
import type { SigningKey } from "../../src/crypto/index.ts";
import { isJsonObject, type JsonObject, type Jws, type JwsOrJwe } from "../../src/protocol/index.ts";
import { newKey } from "./signing.ts";
import { type Arrived, openWire, sendJson, signedAnswer, type Wire } from "./wire.ts";

export interface FalseBroker {
  readonly wire: Wire;
  readonly service: SigningKey;
  /** The profiles that it names for any account. */
  profiles: Jws[];
  /** What it says to Enquire, Status and so on, instead of the default. */
  readonly says: Map<string, (body: JsonObject) => Promise<object> | object>;
  /** Transactions that it does not answer at all. */
  readonly silent: Set<string>;
  /** The requests that were posted, in order, with the BrokerIDs that it gave. */
  readonly posted: { readonly brokerId: string; readonly request: Jws }[];
  /** How often each transaction was called. */
  readonly count: (transaction: string) => number;
}

export async function openFalseBroker(service?: SigningKey): Promise<FalseBroker> {
  const key = service ?? (await newKey());
  const calls = new Map<string, number>();
  const broker: FalseBroker = {
    wire: await openWire(),
    service: key,
    profiles: [],
    says: new Map(),
    silent: new Set(),
    posted: [],
    count: (transaction) => calls.get(transaction) ?? 0,
  };
  const honest = (transaction: string, body: JsonObject): object => {
    switch (transaction) {
      case "Hello":
        return { HelloResponse: { Status: 201, ServiceKey: key.jwk } };
      case "Profile":
        return { ProfileResponse: { Status: 201, Account: body["Account"], Devices: broker.profiles } };
      case "Enquire": {
        const entry = body["Request"] as unknown as { readonly Request: Jws };
        const brokerId = newBrokerId();
        broker.posted.push({ brokerId, request: entry.Request });
        return { EnquireResponse: { Status: 201, BrokerID: brokerId } };
      }
      default:
        return { StatusResponse: { Status: 201, Response: { BrokerID: body["BrokerID"], RequestStatus: "PENDING" } } };
    }
  };
  broker.wire.behaviour = async (call: Arrived, response) => {
    const [tag = ""] = Object.keys(call.message);
    const transaction = tag.replace(/Request$/, "");
    const body = call.message[tag];
    calls.set(transaction, (calls.get(transaction) ?? 0) + 1);
    if (broker.silent.has(transaction)) return;
    const sent = body !== undefined && isJsonObject(body) ? body : {};
    const said = broker.says.get(transaction);
    const message = said === undefined ? honest(transaction, sent) : await said(sent);
    const isSigned = call.headers["content-type"] === CALL_CONTENT_TYPE;
    sendJson(response, isSigned ? await signedAnswer(key, call, message) : message);
  };
  return broker;
}

/** The answer to a Status: there is this answer. */
export function replying(response: JwsOrJwe | undefined): (body: JsonObject) => object {
  return (body) => ({
    StatusResponse: {
      Status: 201,
      Response: {
        BrokerID: body["BrokerID"],
        RequestStatus: "REPLY",
        ...(response === undefined ? {} : { Response: response }),
      },
    },
  });
}
