/** The line to a database, which a test slows, stops, or breaks: a proxy on the loopback address before the server's socket. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

type Direction = "to server" | "to client";

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** What was held up, with where it goes. */
  readonly held: { readonly to: Socket; readonly bytes: Buffer }[];
}

export class FaultyLine {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #stalled = false;
  #halfNext = false;
  #breakAt: { readonly text: string; readonly when: "before" | "after" } | undefined;
  /** How long each piece takes, in milliseconds. */
  delayMs = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Opens a line to the server that listens at a path. */
  static async open(path: string): Promise<FaultyLine> {
    const server = createServer();
    const line = new FaultyLine(server);
    server.on("connection", (client) => line.#join(client, connect(path)));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return line;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Everything stops where it is, half way through the server's next message; lines stay open, new ones too. */
  stall(): void {
    this.#halfNext = true;
  }

  /** What was held up goes on. */
  flow(): void {
    this.#halfNext = false;
    this.#stalled = false;
    for (const { held } of this.#pairs) for (const { to, bytes } of held.splice(0)) to.write(bytes);
  }

  /** Breaks every line at once. */
  reset(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  /** Breaks a line once, when this goes to the server: before it is there, or after it was done and before that is told. */
  breakAt(text: string, when: "before" | "after"): void {
    this.#breakAt = { text, when };
  }

  /** Whether what was to break a line has come and did. */
  get hasBroken(): boolean {
    return this.#breakAt === undefined;
  }

  async close(): Promise<void> {
    this.reset();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(client: Socket, server: Socket): void {
    const pair: Pair = { client, server, held: [] };
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on("error", end);
      socket.on("close", end);
    }
    client.on("data", (bytes: Buffer) => this.#pass(pair, "to server", bytes));
    server.on("data", (bytes: Buffer) => this.#pass(pair, "to client", bytes));
  }

  #pass(pair: Pair, direction: Direction, bytes: Buffer): void {
    const to = direction === "to server" ? pair.server : pair.client;
    if (direction === "to server" && this.#breakAt !== undefined && bytes.includes(this.#breakAt.text)) {
      const { text, when } = this.#breakAt;
      this.#breakAt = undefined;
      const broken = (): void => void pair.client.resetAndDestroy();
      if (when === "before") {
        broken();
        return;
      }
      // What went out with it is answered first.
      pair.server.removeAllListeners("data").on("data", (said: Buffer) => {
        if (said.includes(text)) broken();
      });
    }
    if (this.#halfNext && direction === "to client") {
      this.#halfNext = false;
      this.#stalled = true;
      const half = Math.floor(bytes.length / 2);
      to.write(bytes.subarray(0, half));
      pair.held.push({ to, bytes: bytes.subarray(half) });
    } else if (this.#stalled) pair.held.push({ to, bytes });
    else if (this.delayMs > 0) setTimeout(() => to.write(bytes), this.delayMs);
    else to.write(bytes);
  }
}
