/** A whole confirmation, recorded: everything that went over the wire is valid by the schema, and so is the receipt. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { connectDevice, deviceLine, openPush } from "../../src/client/index.ts";
import { newConnectCode, type SigningKey, signResponse } from "../../src/crypto/index.ts";
import { Enquirer } from "../../src/enquirer/index.ts";
import { isJsonObject, type JsonObject, type JsonValue, type RequestEntry } from "../../src/protocol/index.ts";
import { writeReceipt } from "../../src/receipt/index.ts";
import { wireSchema } from "../../src/receipt/wire-schema.ts";
import { WebSocket as NodeWebSocket } from "ws";
import { startTestBroker, type TestBroker } from "../support/broker.ts";
import { compileSchema } from "../support/json-schema.mjs";
import { BANK, newKey, profileOf, inClear } from "../support/signing.ts";

const ACCOUNT = "alice@localhost";
const realFetch = fetch;
const validators = compileSchema(wireSchema());
const inner = (encoded: JsonValue | undefined): JsonObject =>
  JSON.parse(Buffer.from(encoded as string, "base64url").toString()) as JsonObject;

let broker: TestBroker;
let home: string;
beforeAll(async () => {
  broker = await startTestBroker();
  home = await mkdtemp(join(tmpdir(), "confirm-recorded-"));
});
afterAll(async () => {
  await broker.stop();
  await rm(home, { recursive: true });
});

/** Runs what is done with a fetch and a WebSocket that keep what passes through them. */
async function recorded(run: (record: typeof fetch, socket: typeof WebSocket) => Promise<string>): Promise<string[]> {
  const texts: string[] = [];
  const recordingFetch: typeof fetch = async (input, init) => {
    if (typeof init?.body === "string") texts.push(init.body);
    const answer = await realFetch(input, init);
    texts.push(await answer.clone().text());
    return answer;
  };
  class RecordingSocket extends NodeWebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      this.on("message", (data: Buffer) => texts.push(data.toString()));
    }
    override send(data: string): void {
      texts.push(data);
      super.send(data);
    }
  }
  texts.push(await run(recordingFetch, RecordingSocket as unknown as typeof WebSocket));
  return texts.filter((text) => text !== "ping" && text !== "pong");
}

interface Later<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function later<T>(): Later<T> {
  let settle: Omit<Later<T>, "promise"> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (settle === undefined) throw new Error("A promise runs its executor at once.");
  return { promise, ...settle };
}

/** Connects a device, asks, lets the device answer over the push channel; the receipt. */
async function confirmation(record: typeof fetch, Socket: typeof WebSocket): Promise<string> {
  const { endpoint } = broker;
  const key: SigningKey = await newKey();
  const code = newConnectCode();
  const now = Date.now();
  await broker.store.addAccount(ACCOUNT, now);
  await broker.store.addCode({ account: ACCOUNT, code, now, expires: now + 60_000 });
  const options = { endpoint, fetch: record, clock: Date.now };
  const device = { account: ACCOUNT, code, deviceName: "a test", key, profile: await profileOf(key, ACCOUNT) };
  const connected = await connectDevice(device, options);
  if (!connected.ok) throw new Error(connected.outcome.StatusDescription);
  const who = { key, service: connected.service };
  const line = deviceLine({ ...options, credentials: async () => who });
  const at = { account: ACCOUNT, broker: endpoint };

  const asked = later<RequestEntry>();
  const withdrawn = later<string>();
  const channel = openPush(
    { endpoint, account: ACCOUNT, who: () => who, WebSocket: Socket, clock: Date.now, random: () => 0 },
    {
      ...{ onUp: () => undefined, onPing: () => undefined, onPending: asked.resolve, onWithdrawn: withdrawn.resolve },
      onDown: (_, message) => asked.reject(new Error(message)),
      onRefused: ({ StatusDescription }) => asked.reject(new Error(StatusDescription)),
    },
  );
  vi.stubGlobal("fetch", record);
  const bank = await Enquirer.open({ home, fromId: BANK, broker: new URL(endpoint).origin });
  const request = { heading: "Pay", paragraphs: ["5 EUR"], buttons: [{ value: "yes", label: "Pay it" }] };
  const result = bank.ask({ to: ACCOUNT, request, trustOnFirstUse: true });
  const entry = await Promise.race([asked.promise, result.then(() => asked.promise)]);
  expect((await line.pending(at)).entries).toHaveLength(1);
  const answer = { signedRequest: inClear(entry.Request), value: true, choice: "yes", created: Date.now() };
  await line.respond(at, entry.BrokerID ?? "", await signResponse(key, answer));
  const answered = await result;
  vi.unstubAllGlobals();
  await withdrawn.promise;
  channel.close();
  if (answered.result !== "accepted") throw new Error(answered.result);
  return writeReceipt(answered.receipt);
}

/** Every JWS in a message, at any depth, with what its protected header says that it is. */
function signedIn(value: JsonValue): readonly { readonly typ: string; readonly payload: JsonValue }[] {
  if (typeof value !== "object" || value === null) return [];
  const { signatures, payload } = value as JsonObject;
  if (!Array.isArray(signatures)) return Object.values(value).flatMap((one: JsonValue) => signedIn(one));
  const [signature] = signatures as readonly JsonObject[];
  const typ = inner(signature?.["protected"])["typ"] as string;
  const signed = inner(payload);
  return [{ typ, payload: signed }, ...signedIn(signed)];
}

const STRUCTURE_OF: Readonly<Record<string, string>> = {
  "confirm-tbs-request+jws": "TBSRequest",
  "confirm-tbs-response+jws": "TBSResponse",
  "confirm-device-profile+jws": "DeviceProfile",
};

describe("a recorded confirmation", () => {
  it("is valid by the schema: calls and answers, what is sealed in them, frames, signed objects, the receipt", async () => {
    const said = new Set<string>();
    for (const text of await recorded(confirmation)) {
      let message = JSON.parse(text) as JsonObject;
      if ("protected" in message) {
        expect(validators.definition("FlattenedJws")(message)).toBeUndefined();
        message = inner(message["payload"]);
      }
      expect(validators.root(message), text).toBeUndefined();
      for (const tag of Object.keys(message)) said.add(tag);
      for (const { typ, payload } of signedIn(message)) {
        expect(validators.definition(STRUCTURE_OF[typ] ?? typ)(payload)).toBeUndefined();
        said.add(STRUCTURE_OF[typ] ?? typ);
      }
      if (isJsonObject(message) && "Receipt" in message) said.add("Receipt");
    }
    expect([...said].sort()).toEqual([
      ...["ConnectRequest", "ConnectResponse", "DeviceProfile", "EnquireRequest", "EnquireResponse", "HelloRequest"],
      ...["HelloResponse", "Pending", "PendingRequest", "PendingResponse", "ProfileRequest", "ProfileResponse"],
      ...["Receipt", "RespondRequest", "RespondResponse", "StatusRequest", "StatusResponse", "SubscribeRequest"],
      ...["SubscribeResponse", "TBSRequest", "TBSResponse", "Withdrawn"],
    ]);
  });
});
