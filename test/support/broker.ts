/**
 * A broker on a free port with the real store in a folder of its own, and callers that share nothing with `src/client`:
 * bytes over HTTP, signed by `src/crypto`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { type BrokerOptions, openStore, type RunningBroker, startBroker, type Store } from "../../src/broker/index.ts";
import {
  CALL_CONTENT_TYPE,
  deviceProofParts,
  importPublicKey,
  newConnectCode,
  openAnswer,
  proveCode,
  sealCall,
  type DecryptionKey,
  type SigningKey,
  type VerifyKey,
} from "../../src/crypto/index.ts";
import { isJsonObject, type Jws, type JsonObject, LIMITS, scanJson } from "../../src/protocol/index.ts";
import { newDecryption, newKey, profileOf } from "./signing.ts";

/** HTTP's answer, its body read as JSON where it is JSON. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: JsonObject;
}

export interface HttpCall {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Sends bytes, whatever they are. */
export function sendHttp(endpoint: string, call: HttpCall = {}): Promise<HttpAnswer> {
  const { method = "POST", headers = {}, body = "" } = call;
  const url = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const options = { method, path: call.path ?? url.pathname, host: url.hostname, port: url.port, agent: false };
    const sent = request({ ...options, headers: { ...headers, ...lengthOf(method, body) } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const json = text === "" ? {} : scanJson(text, LIMITS.answerBytes);
        if (!isJsonObject(json)) throw new Error(`The answer is not an object: ${text.slice(0, 100)}`);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function lengthOf(method: string, body: string | Uint8Array): Readonly<Record<string, string>> {
  return method === "POST" ? { "content-length": String(Buffer.byteLength(body)) } : {};
}

/** The one member of a message: its tag, and what it holds. */
export interface Message {
  readonly tag: string;
  readonly body: JsonObject;
  readonly status: number;
  readonly sentence: string;
}

export function messageOf(json: JsonObject): Message {
  const [tag = ""] = Object.keys(json);
  const body = json[tag] ?? null;
  if (!isJsonObject(body) || typeof body["Status"] !== "number") throw new Error(`No message: ${JSON.stringify(json)}`);
  const sentence = body["StatusDescription"];
  return { tag, body, status: body["Status"], sentence: typeof sentence === "string" ? sentence : "" };
}

/** A device with its key and the account that it is connected to. */
export interface TestDevice {
  readonly account: string;
  readonly key: SigningKey;
  readonly decryption: DecryptionKey;
  readonly profile: Jws;
}

export interface TestBroker {
  readonly endpoint: string;
  /** What `startBroker` gave: `close()` of it leaves the folder, `stop()` does not. */
  readonly running: RunningBroker;
  readonly service: VerifyKey;
  /** The lines of the log so far, parsed. */
  readonly log: () => readonly JsonObject[];
  /** The store by another connection, as the command line has it. */
  readonly store: Store;
  /** Everything in the store but the calls that were made, as text, to compare. */
  readonly dump: () => string;
  /** Posts plain JSON without a Content-Type. */
  readonly plain: (message: object) => Promise<Message>;
  /** Calls authenticated; the answer's signature and binding are verified. */
  readonly signed: (key: SigningKey, message: object) => Promise<Message>;
  /** Adds the account if it is new, and connects a device by a code. */
  readonly connect: (account: string, key?: SigningKey) => Promise<TestDevice>;
  readonly stop: () => Promise<void>;
}

export interface TestBrokerOptions extends Partial<Omit<BrokerOptions, "store" | "log">> {
  /** A folder that outlives the broker; default: one that goes with it. */
  readonly folder?: string;
}

/** Starts a broker. Whoever starts it calls `stop`. */
export async function startTestBroker(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "confirm-broker-")));
  const clock = options.clock ?? Date.now;
  const lines: string[] = [];
  const running = await startBroker({
    listen: { host: "127.0.0.1", port: 0 },
    ...options,
    clock,
    store: await openStore(folder),
    log: (text) => lines.push(...text.split("\n").filter((line) => line !== "")),
  });
  const { endpoint } = running;
  const store = await openStore(folder);
  const hello = messageOf((await sendHttp(endpoint, { body: '{"HelloRequest":{}}' })).json);
  const service = await importPublicKey(hello.body["ServiceKey"] as { kty: string });

  const signed = async (key: SigningKey, message: object): Promise<Message> => {
    const call = await sealCall(key, { url: endpoint, message: JSON.stringify(message), now: clock() });
    const answer = await sendHttp(endpoint, { headers: { "content-type": CALL_CONTENT_TYPE }, body: call.body });
    const { payload } = await openAnswer(answer.text, { req: call.req, service });
    return messageOf(scanJson(payload, LIMITS.answerBytes) as JsonObject);
  };
  const connect = async (account: string, given?: SigningKey): Promise<TestDevice> => {
    const key = given ?? (await newKey());
    const code = newConnectCode();
    const now = clock();
    await store.addAccount(account, now);
    await store.addCode({ account, code, now, expires: now + LIMITS.connectCodeMs });
    const decryption = await newDecryption();
    const profile = await profileOf(key, account, decryption.pair);
    const proof = await proveCode(code, deviceProofParts(account, key.kid));
    const answer = await signed(key, {
      ConnectRequest: { Account: account, DeviceName: "a browser", DeviceProfile: profile, Proof: proof },
    });
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.sentence}`);
    return { account, key, decryption: decryption.key, profile };
  };

  return {
    endpoint,
    running,
    service,
    store,
    log: () => lines.map((line) => JSON.parse(line) as JsonObject),
    dump: () => dumpOf(folder),
    plain: async (message) => messageOf((await sendHttp(endpoint, { body: JSON.stringify(message) })).json),
    signed,
    connect,
    stop: async () => {
      await store.close();
      await running.close();
      if (options.folder === undefined) await rm(folder, { recursive: true });
    },
  };
}

/** Rows of every table but `calls`: remembering a refused call is no change of what it asked for. */
export function dumpOf(folder: string): string {
  const database = new Database(join(folder, "broker.sqlite"));
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'calls' ORDER BY name")
    .raw()
    .all()
    .flat();
  const rows = tables.map((name) => [
    name,
    database
      .prepare(`SELECT * FROM "${String(name)}"`)
      .raw()
      .all(),
  ]);
  database.close();
  return JSON.stringify(rows, null, 1);
}
