/**
 * Three real broker processes on one PostgreSQL, as behind a load balancer: whoever is asked, the answer is the same, and
 * what happens at one reaches those who wait at the others.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { openStore } from "../../src/broker/index.ts";
import {
  importPublicKey,
  newConnectCode,
  openAnswer,
  signResponse,
  type SigningKey,
  type VerifyKey,
} from "../../src/crypto/index.ts";
import { ENDPOINT_PATH, type JsonObject, type Jws, LIMITS } from "../../src/protocol/index.ts";
import { type Caller, callerOf, connectMessage } from "../support/caller.ts";
import { type Message, messageOf, sendHttp } from "../support/http.ts";
import { NO_POSTGRES, Postgres } from "../support/postgres.ts";
import { ALICE, newKey, profileOf, signedRequest } from "../support/signing.ts";
import { freePort } from "../support/system.ts";

const COMMAND = join(import.meta.dirname, "../../dist/node/cli/confirm.js");
const PATIENCE_MS = 30_000;

describe.skipIf(NO_POSTGRES !== "")(`three brokers on one PostgreSQL${NO_POSTGRES}`, () => {
  let server: Postgres;
  let store: string;
  let folder: string;
  let ports: readonly number[];
  /** What callers know them by: nobody listens there, as nobody but a load balancer would. */
  let host: string;
  let service: VerifyKey;
  let alice: SigningKey;
  let bank: SigningKey;
  const children = new Map<number, ChildProcess>();

  beforeAll(async () => {
    server = await Postgres.start();
    store = await server.database();
    folder = await mkdtemp(join(tmpdir(), "confirm-three-"));
    await writeFile(join(folder, "policy.json"), '{"limits": false}');
    ports = [await freePort(), await freePort(), await freePort()];
    host = `127.0.0.1:${await freePort()}`;
    // All at once, on an empty database.
    await Promise.all(ports.map((_, index) => start(index)));
    const hello = messageOf((await sendHttp(at(0), { headers: { host }, body: '{"HelloRequest":{}}' })).json);
    service = await importPublicKey(hello.body["ServiceKey"] as { kty: string });
    [alice, bank] = [await newKey(), await newKey()];
    await connect(0, alice, ALICE);
  });
  afterAll(async () => {
    for (const child of children.values()) child.kill("SIGKILL");
    await server.stop();
    await rm(folder, { recursive: true });
  });

  async function start(index: number): Promise<void> {
    const args = ["--listen", `127.0.0.1:${ports[index]}`, "--public-url", `http://${host}`, "--home", folder];
    const policy = ["--domain", "example.com", "--policy", join(folder, "policy.json")];
    const child = spawn(process.execPath, [COMMAND, "broker", "--store", store, ...args, ...policy], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    children.set(index, child);
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    for (let waited = 0; waited < PATIENCE_MS; waited += 50) {
      if (said.includes("the broker listens at")) return;
      if (child.exitCode !== null) break;
      await delay(50);
    }
    throw new Error(`A broker did not start (is dist/node built?): ${said}`);
  }
  async function kill(index: number): Promise<void> {
    const child = children.get(index);
    if (child === undefined) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  const at = (index: number): string => `http://127.0.0.1:${ports[index]}${ENDPOINT_PATH}`;
  const publicUrl = (): string => `http://${host}${ENDPOINT_PATH}`;
  const callerAt = (index: number, url = publicUrl()): Caller => callerOf({ endpoint: at(index), url, service });
  const plain = (index: number, message: object): Promise<Message> => callerAt(index).plain(message);

  async function newCode(account: string): Promise<string> {
    const own = await openStore(store);
    const code = newConnectCode();
    await own.addAccount(account, Date.now());
    await own.addCode({ account, code, now: Date.now(), expires: Date.now() + LIMITS.connectCodeMs });
    await own.close();
    return code;
  }
  async function connect(index: number, key: SigningKey, account: string, given?: string): Promise<Message> {
    const code = given ?? (await newCode(account));
    const profile = await profileOf(key, account);
    return callerAt(index).signed(key, await connectMessage(account, key.kid, profile, code));
  }

  async function post(index: number): Promise<{ readonly request: Jws; readonly BrokerID: string }> {
    const request = await signedRequest(bank, { created: Date.now() });
    const { body } = await plain(index, { EnquireRequest: { Request: { Request: request, ResponderAccount: ALICE } } });
    return { request, BrokerID: body["BrokerID"] as string };
  }
  async function answer(index: number, { request, BrokerID }: Awaited<ReturnType<typeof post>>): Promise<Message> {
    const signedAnswer = await signResponse(alice, { signedRequest: request, value: true, created: Date.now() });
    const entry = { BrokerID, RequestStatus: "REPLY", Response: signedAnswer };
    return plain(index, { RespondRequest: { Response: entry } });
  }
  const cancel = (index: number, { BrokerID }: { readonly BrokerID: string }) =>
    plain(index, { StatusRequest: { BrokerID, Cancel: true } });

  interface Channel {
    readonly socket: WebSocket;
    /** The frame about a request, whatever comes before it. */
    readonly about: (kind: "Pending" | "Withdrawn", brokerId: string) => Promise<JsonObject>;
  }
  async function subscribe(index: number, after?: number): Promise<Channel> {
    const socket = new WebSocket(`${at(index).replace("http", "ws")}/push`, ["mesh-confirm"], { headers: { host } });
    const frames: string[] = [];
    socket.on("message", (data: Buffer) => frames.push(data.toString()));
    socket.on("error", () => undefined);
    await once(socket, "open");
    const wanted = { Responder: ALICE, ...(after === undefined ? {} : { AfterId: after }) };
    const push = callerAt(index, `${publicUrl().replace("http", "ws")}/push`);
    const call = await push.seal(alice, { SubscribeRequest: wanted });
    socket.send(call.body);
    const find = async (is: (frame: string) => boolean): Promise<string> => {
      for (let waited = 0; waited < PATIENCE_MS; waited += 10) {
        const frame = frames.find(is);
        if (frame !== undefined) return frame;
        await delay(10);
      }
      throw new Error(`It did not come: ${frames.join(" ").slice(0, 500)}`);
    };
    await openAnswer(await find(() => true), { req: call.req, service });
    return {
      socket,
      about: async (kind, brokerId) => {
        const isIt = (frame: string): boolean => frame.startsWith(`{"${kind}"`) && frame.includes(brokerId);
        return (JSON.parse(await find(isIt)) as JsonObject)[kind] as JsonObject;
      },
    };
  }

  it("bring a request that is posted at one to a device at another, and its answer from a third to who waits", async () => {
    const channel = await subscribe(1);
    const posted = await post(0);
    const waiting = plain(0, { StatusRequest: { BrokerID: posted.BrokerID, Wait: 30 } });
    expect(await channel.about("Pending", posted.BrokerID)).toMatchObject({ Request: posted.request });
    const started = performance.now();
    expect((await answer(2, posted)).status).toBe(201);
    expect((await waiting).body["Response"]).toMatchObject({ RequestStatus: "REPLY" });
    // It was woken, and did not come to the end of its time.
    expect(performance.now() - started).toBeLessThan(25_000);
    expect(await channel.about("Withdrawn", posted.BrokerID)).toMatchObject({ RequestStatus: "REPLY" });
    channel.socket.terminate();
  });

  it("lose nothing when one is killed: its device goes to another and asks for what came after", async () => {
    const channel = await subscribe(1);
    const first = await post(0);
    const { Sequence } = await channel.about("Pending", first.BrokerID);
    const closed = once(channel.socket, "close");
    await kill(1);
    const missed = await post(2);
    await closed;
    const again = await subscribe(2, Sequence as number);
    expect(await again.about("Pending", missed.BrokerID)).toMatchObject({ Request: missed.request });
    expect((await answer(0, first)).status).toBe(201);
    await start(1);
    expect((await cancel(1, missed)).body["Response"]).toMatchObject({ RequestStatus: "ECANCEL" });
    expect(await again.about("Withdrawn", missed.BrokerID)).toMatchObject({ RequestStatus: "ECANCEL" });
    again.socket.terminate();
  });

  it("lose nothing when the connections break over which they hear of each other", async () => {
    const channel = await subscribe(1);
    expect(await server.cut(store, true)).toBe(3);
    const posted = await post(0);
    expect(await channel.about("Pending", posted.BrokerID)).toMatchObject({ Request: posted.request });
    await cancel(2, posted);
    await channel.about("Withdrawn", posted.BrokerID);
    channel.socket.terminate();
  });

  it("take a call once, whoever is asked", async () => {
    const call = await callerAt(0).seal(alice, { PendingRequest: { Responder: ALICE } });
    expect((await callerAt(0).send(call)).status).toBe(201);
    expect((await callerAt(1).send(call)).status).toBe(401);
    expect((await callerAt(2).send(call)).status).toBe(401);
  });

  it("take a connect code for one device, whoever is asked", async () => {
    const account = "carol@example.com";
    const code = await newCode(account);
    const keys = await Promise.all([newKey(), newKey(), newKey()]);
    const all = await Promise.all(keys.map((key, index) => connect(index, key, account, code)));
    expect(all.map(({ status }) => status).sort()).toEqual([201, 401, 401]);
  });

  it("answer 503 and when to come again while the database is down, keep their devices, and go on when it is back", async () => {
    const channel = await subscribe(1);
    await server.halt();
    const down = await sendHttp(at(0), { headers: { host }, body: '{"StatusRequest":{"BrokerID":"AAAAA"}}' });
    expect(down.status).toBe(503);
    expect(messageOf(down.json).body["RetryAfter"]).toBeGreaterThan(0);
    await server.resume();
    const posted = await post(2);
    expect(await channel.about("Pending", posted.BrokerID)).toMatchObject({ Request: posted.request });
    expect((await answer(0, posted)).status).toBe(201);
    channel.socket.terminate();
    for (const child of children.values()) expect(child.exitCode).toBe(null);
  });
});
