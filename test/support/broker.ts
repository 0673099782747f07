/** A broker on a free port with the real store in a folder of its own, and its callers. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { type BrokerOptions, openStore, type RunningBroker, startBroker, type Store } from "../../src/broker/index.ts";
import {
  type DecryptionKey,
  importPublicKey,
  newConnectCode,
  type SigningKey,
  type VerifyKey,
} from "../../src/crypto/index.ts";
import { type JsonObject, type Jws, LIMITS } from "../../src/protocol/index.ts";
import { type Caller, callerOf, connectMessage } from "./caller.ts";
import { type Message, messageOf, sendHttp } from "./http.ts";
import { newDecryption, newKey, profileOf } from "./signing.ts";

export { type HttpAnswer, type HttpCall, type Message, messageOf, sendHttp } from "./http.ts";

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
  /** Its callers, who may also send a call twice. */
  readonly caller: Caller;
  /** Posts plain JSON without a Content-Type. */
  readonly plain: (message: object) => Promise<Message>;
  /** Calls authenticated; the answer's signature and binding are verified. */
  readonly signed: (key: SigningKey, message: object) => Promise<Message>;
  /** Adds the account if it is new, and connects a device by a code. */
  readonly connect: (account: string, key?: SigningKey) => Promise<TestDevice>;
  readonly stop: () => Promise<void>;
}

export interface TestBrokerOptions extends Partial<Omit<BrokerOptions, "store" | "log">> {
  /** A folder that outlives the broker, or the address of a PostgreSQL; default: a folder that goes with it. */
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

  const caller = callerOf({ endpoint, service, clock });
  const { plain, signed } = caller;
  const connect = async (account: string, given?: SigningKey): Promise<TestDevice> => {
    const key = given ?? (await newKey());
    const code = newConnectCode();
    const now = clock();
    await store.addAccount(account, now);
    await store.addCode({ account, code, now, expires: now + LIMITS.connectCodeMs });
    const decryption = await newDecryption();
    const profile = await profileOf(key, account, decryption.pair);
    const answer = await signed(key, await connectMessage(account, key.kid, profile, code));
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.sentence}`);
    return { account, key, decryption: decryption.key, profile };
  };

  return {
    endpoint,
    running,
    service,
    store,
    log: () => {
      running.flushLog();
      return lines.map((line) => JSON.parse(line) as JsonObject);
    },
    dump: () => dumpOf(folder),
    caller,
    plain,
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
