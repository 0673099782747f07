/**
 * The whole system as its users run it: the built `confirm` as processes of its own, a broker with a data folder of its
 * own, in a temporary folder that is gone at the end.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitUntil } from "../../src/demo/browser/wait.ts";

const CONFIRM = join(import.meta.dirname, "../../dist/node/cli/confirm.js");

export interface Finished {
  /** The exit code; null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Further options of the broker, which may depend on its own address. */
export type BrokerArgs = readonly string[] | ((origin: string) => Promise<readonly string[]>);

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** A port of the loopback address that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

export class System {
  readonly folder: string;
  readonly port: number;
  /** The home of the one who asks. */
  readonly home: string;
  readonly #brokerArgs: readonly string[];
  readonly #children = new Set<ChildProcess>();
  #broker: Running | undefined;

  private constructor(folder: string, port: number, brokerArgs: readonly string[]) {
    this.folder = folder;
    this.port = port;
    this.home = join(folder, "home");
    this.#brokerArgs = brokerArgs;
  }

  /** Starts a broker, with a policy file where one is given, and further options. */
  static async start(policy?: object, more: BrokerArgs = []): Promise<System> {
    const folder = await mkdtemp(join(tmpdir(), "mesh-confirm-test-"));
    const file = join(folder, "policy.json");
    if (policy !== undefined) await writeFile(file, JSON.stringify(policy));
    const port = await freePort();
    const args = typeof more === "function" ? await more(`http://127.0.0.1:${String(port)}`) : more;
    const system = new System(folder, port, [...(policy === undefined ? [] : ["--policy", file]), ...args]);
    await system.startBroker();
    return system;
  }

  get origin(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  get data(): string {
    return join(this.folder, "broker");
  }

  /** Starts the broker on the same data and the same port, and waits until it answers. */
  async startBroker(): Promise<void> {
    const listen = `127.0.0.1:${String(this.port)}`;
    const running = this.spawn("broker", "--data", this.data, "--listen", listen, ...this.#brokerArgs);
    this.#broker = running;
    let ended: Finished | undefined;
    void running.finished.then((finished) => (ended = finished));
    await waitUntil("the broker answers", 20_000, async () => {
      if (ended !== undefined) throw new Error(`the broker ended: ${ended.stderr}`);
      return fetch(`${this.origin}/.well-known/confirm`, { method: "POST", body: '{"HelloRequest":{}}' })
        .then((answer) => answer.ok || undefined)
        .catch(() => undefined);
    });
  }

  /** Ends the broker and waits until it is gone; all that it printed. */
  async stopBroker(signal: NodeJS.Signals = "SIGKILL"): Promise<Finished | undefined> {
    this.#broker?.child.kill(signal);
    return this.#broker?.finished;
  }

  /** Starts `confirm` with the home and broker of this system. */
  spawn(...args: readonly string[]): Running {
    const env = { ...process.env, CONFIRM_HOME: this.home, CONFIRM_BROKER: this.origin };
    const child = spawn(process.execPath, [CONFIRM, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#children.add(child);
    const out: string[] = [];
    const err: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (piece: string) => out.push(piece));
    child.stderr.setEncoding("utf8").on("data", (piece: string) => err.push(piece));
    const finished = new Promise<Finished>((resolve) => {
      child.on("close", (code) => {
        this.#children.delete(child);
        resolve({ code, stdout: out.join(""), stderr: err.join("") });
      });
    });
    return { child, finished };
  }

  /** Runs `confirm` to its end. */
  confirm(...args: readonly string[]): Promise<Finished> {
    return this.spawn(...args).finished;
  }

  /** Makes an account, or a further device's code; the connect code. */
  async code(account: string): Promise<string> {
    const { code, stdout, stderr } = await this.confirm("account", "add", account, "--data", this.data);
    if (code !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  /** Ends every process and removes the folder. */
  async close(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    await waitUntil("every process is gone", 10_000, () => Promise.resolve(this.#children.size === 0 || undefined));
    await rm(this.folder, { recursive: true, force: true });
  }
}
