/**
 * Several real broker processes on one PostgreSQL, as behind a load balancer: they are known by an address at which none of
 * them listens, and take the caller's from what the proxy says.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import { openStore } from "../../src/broker/index.ts";
import {
  importPublicKey,
  newConnectCode,
  openAnswer,
  type SigningKey,
  type VerifyKey,
} from "../../src/crypto/index.ts";
import { ENDPOINT_PATH, type JsonObject, LIMITS } from "../../src/protocol/index.ts";
import { type Caller, callerOf, connectMessage } from "./caller.ts";
import { type Message, messageOf, sendHttp } from "./http.ts";
import { Postgres } from "./postgres.ts";
import { profileOf } from "./signing.ts";
import { freePort } from "./system.ts";

const COMMAND = join(import.meta.dirname, "../../dist/node/cli/confirm.js");
const PATIENCE_MS = 30_000;
/** Who calls where it does not matter who. */
const SOMEBODY = "192.0.2.1";

/** One of them, or whatever listens at the address that they are known by. */
export type Place = number | "front";

/** A push channel. */
export interface Channel {
  readonly socket: WebSocket;
  /** The frame about a request, whatever comes before it. */
  readonly about: (kind: "Pending" | "Withdrawn", brokerId: string) => Promise<JsonObject>;
}

export class Brokers {
  readonly server: Postgres;
  readonly store: string;
  readonly ports: readonly number[];
  /** What callers know them by. */
  readonly host: string;
  readonly folder: string;
  readonly #children = new Map<number, ChildProcess>();
  #service: VerifyKey | undefined;

  private constructor(server: Postgres, store: string, ports: readonly number[], host: string, folder: string) {
    this.server = server;
    this.store = store;
    this.ports = ports;
    this.host = host;
    this.folder = folder;
  }

  /** Starts three at once, on an empty database. */
  static async start(policy: object): Promise<Brokers> {
    const server = await Postgres.start();
    const folder = await mkdtemp(join(tmpdir(), "confirm-several-"));
    await writeFile(join(folder, "policy.json"), JSON.stringify(policy));
    const [own, ...ports] = [await freePort(), await freePort(), await freePort(), await freePort()];
    const brokers = new Brokers(server, await server.database(), ports, `127.0.0.1:${String(own)}`, folder);
    await Promise.all(ports.map((_, index) => brokers.run(index)));
    const { host } = brokers;
    const headers = { host, "x-forwarded-for": SOMEBODY };
    const hello = messageOf((await sendHttp(brokers.at(0), { headers, body: '{"HelloRequest":{}}' })).json);
    brokers.#service = await importPublicKey(hello.body["ServiceKey"] as { kty: string });
    return brokers;
  }

  /** The key that all of them sign with. */
  get service(): VerifyKey {
    if (this.#service === undefined) throw new Error("They were not started.");
    return this.#service;
  }

  /** The endpoint that they are known by. */
  get publicUrl(): string {
    return `http://${this.host}${ENDPOINT_PATH}`;
  }

  at(place: Place): string {
    return place === "front" ? this.publicUrl : `http://127.0.0.1:${String(this.ports[place])}${ENDPOINT_PATH}`;
  }

  /** Starts one, and waits until it listens. */
  async run(index: number): Promise<void> {
    const where = ["--listen", `127.0.0.1:${String(this.ports[index])}`, "--public-url", `http://${this.host}`];
    const policy = ["--domain", "example.com", "--policy", join(this.folder, "policy.json"), "--behind-proxy"];
    const args = [COMMAND, "broker", "--store", this.store, ...where, ...policy, "--home", this.folder];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    this.#children.set(index, child);
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    for (let waited = 0; waited < PATIENCE_MS; waited += 50) {
      if (said.includes("the broker listens at")) return;
      if (child.exitCode !== null) break;
      await delay(50);
    }
    throw new Error(`A broker did not start (is dist/node built?): ${said}`);
  }

  /** Ends one, and waits until it is gone. @returns its exit code */
  async end(index: number, signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    const child = this.#children.get(index);
    if (child === undefined) return null;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
    return child.exitCode;
  }

  /** Whether all of them run. */
  get areUp(): boolean {
    return [...this.#children.values()].every(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  }

  async close(): Promise<void> {
    for (const child of this.#children.values()) child.kill("SIGKILL");
    await this.server.stop();
    await rm(this.folder, { recursive: true });
  }

  callerAt(place: Place, from = SOMEBODY, url = this.publicUrl): Caller {
    return callerOf({ endpoint: this.at(place), url, service: this.service, from });
  }

  /** Lets a key ask, as the operator does. */
  async register({ kid, jwk }: SigningKey): Promise<void> {
    const own = await openStore(this.store);
    await own.addEnquirer({ kid, jwk, name: "a bank", now: Date.now() });
    await own.close();
  }

  async newCode(account: string): Promise<string> {
    const own = await openStore(this.store);
    const code = newConnectCode();
    await own.addAccount(account, Date.now());
    await own.addCode({ account, code, now: Date.now(), expires: Date.now() + LIMITS.connectCodeMs });
    await own.close();
    return code;
  }

  /** Connects a device by a code, a good one where none is given. */
  async connect(place: Place, key: SigningKey, account: string, given?: string, from?: string): Promise<Message> {
    const code = given ?? (await this.newCode(account));
    const profile = await profileOf(key, account);
    return this.callerAt(place, from).signed(key, await connectMessage(account, key.kid, profile, code));
  }

  /** Opens a device's push channel. */
  async subscribe(place: Place, key: SigningKey, account: string, after?: number): Promise<Channel> {
    const headers = { host: this.host, "x-forwarded-for": SOMEBODY };
    const socket = new WebSocket(`${this.at(place).replace("http", "ws")}/push`, ["mesh-confirm"], { headers });
    const frames: string[] = [];
    socket.on("message", (data: Buffer) => frames.push(data.toString()));
    socket.on("error", () => undefined);
    await once(socket, "open");
    const wanted = { Responder: account, ...(after === undefined ? {} : { AfterId: after }) };
    const push = this.callerAt(place, SOMEBODY, `${this.publicUrl.replace("http", "ws")}/push`);
    const call = await push.seal(key, { SubscribeRequest: wanted });
    socket.send(call.body);
    const find = async (is: (frame: string) => boolean): Promise<string> => {
      for (let waited = 0; waited < PATIENCE_MS; waited += 10) {
        const frame = frames.find(is);
        if (frame !== undefined) return frame;
        await delay(10);
      }
      throw new Error(`It did not come: ${frames.join(" ").slice(0, 500)}`);
    };
    await openAnswer(await find(() => true), { req: call.req, service: this.service });
    return {
      socket,
      about: async (kind, brokerId) => {
        const isIt = (frame: string): boolean => frame.startsWith(`{"${kind}"`) && frame.includes(brokerId);
        return (JSON.parse(await find(isIt)) as JsonObject)[kind] as JsonObject;
      },
    };
  }
}
