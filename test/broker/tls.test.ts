/** A broker that speaks TLS itself: over real sockets, with certificates of an authority that the callers trust. */
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type SecureVersion, TLSSocket } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import {
  type BrokerOptions,
  DEFAULT_POLICY,
  openStore,
  type RunningBroker,
  startBroker,
} from "../../src/broker/index.ts";
import { newAuthority } from "../support/certificates.ts";
import { type RawSocket, rawSocket } from "../support/raw-socket.ts";

const AUTHORITY = newAuthority();
const EXAMPLE = AUTHORITY.issue(["example.com", "127.0.0.1"]);
const URL_HERE = ["https://example.com"];
const ANYONE = { ...DEFAULT_POLICY, enquirers: "any" } as const;

let folder: string;
let broker: RunningBroker | undefined;
let lines: string[];
const file = (name: string): string => join(folder, name);

async function put(name: string, text: string, mode = 0o600): Promise<string> {
  await writeFile(file(name), text);
  await chmod(file(name), mode);
  return file(name);
}

async function files(pair = EXAMPLE, mode?: number): Promise<{ readonly certFile: string; readonly keyFile: string }> {
  return { certFile: await put("cert.pem", pair.cert), keyFile: await put("key.pem", pair.key, mode) };
}

async function start(options: Partial<BrokerOptions>): Promise<RunningBroker> {
  broker = await startBroker({
    store: await openStore(file("data")),
    listen: { host: "127.0.0.1", port: 0 },
    publicUrls: URL_HERE,
    domains: ["example.com"],
    policy: ANYONE,
    log: (text) => lines.push(text),
    ...options,
  });
  return broker;
}

/** What a Hello gets, and the certificate that answered. */
function hello(running: RunningBroker): Promise<{ readonly text: string; readonly serial: string }> {
  const { port } = running.address;
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, servername: "example.com", ca: AUTHORITY.cert, agent: false };
    const headers = { host: "example.com", "content-length": 19 };
    const path = "/.well-known/confirm";
    const sent = request({ ...options, path, method: "POST", headers }, (response) => {
      const { socket } = response;
      const serial = socket instanceof TLSSocket ? socket.getPeerCertificate().serialNumber : "";
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("end", () => resolve({ text, serial }));
    });
    sent.on("error", reject);
    sent.end('{"HelloRequest":{}}');
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "confirm-tls-"));
  lines = [];
});
afterEach(async () => {
  await broker?.close();
  broker = undefined;
  await rm(folder, { recursive: true });
});

describe("a broker with a certificate", () => {
  it("answers calls and push channels over TLS, under its public URL", async () => {
    const running = await start({ tls: await files() });
    expect(running.endpoint).toBe("https://example.com/.well-known/confirm");
    expect((await hello(running)).text).toContain('"HelloResponse"');
    const url = `wss://127.0.0.1:${running.address.port}/.well-known/confirm/push`;
    const socket = new WebSocket(url, "mesh-confirm", {
      ca: AUTHORITY.cert,
      headers: { host: "example.com" },
    });
    await new Promise((opened, failed) => {
      socket.once("open", opened).once("error", failed);
    });
    socket.terminate();
  });

  it.each(["TLSv1", "TLSv1.1"] as const)("does not speak %s", async (version: SecureVersion) => {
    const { address } = await start({ tls: await files() });
    const old = { minVersion: version, maxVersion: version, ciphers: "ALL:@SECLEVEL=0" };
    const failed = new Promise<Error>((resolve, reject) => {
      const socket = connect({ port: address.port, host: "127.0.0.1", ca: AUTHORITY.cert, ...old });
      socket.once("error", resolve);
      socket.once("secureConnect", () => reject(new Error("it does")));
    });
    expect((await failed).message).toMatch(/protocol version|unsupported protocol|alert/i);
  });

  it("closes the oldest of those that do not shake hands when there are too many, and answers those that do", async () => {
    const running = await start({ tls: await files(), bounds: { handshakes: 5 } });
    const atOnce = Array.from({ length: 12 }, () => rawSocket(running.address.port));
    const dumb: readonly RawSocket[] = await Promise.all(atOnce);
    expect((await hello(running)).text).toContain('"HelloResponse"');
    // One had to go for the call that came after them.
    await Promise.all(dumb.slice(0, 8).map(({ closed }) => closed));
    expect(dumb.slice(8).some(({ socket }) => socket.closed)).toBe(false);
    for (const { socket } of dumb) socket.destroy();
    running.flushLog();
    expect(lines.join("")).toContain('"of":"sockets"');
  });

  it("takes a renewed certificate over without a restart, and keeps the old one while files do not fit", async () => {
    const running = await start({ tls: await files() });
    const before = (await hello(running)).serial;
    const renewed = AUTHORITY.issue(["example.com"]);
    await put("cert.pem", renewed.cert);
    await running.renewCertificate();
    await running.renewCertificate();
    expect((await hello(running)).serial).toBe(before);
    await put("key.pem", renewed.key);
    await running.renewCertificate();
    expect((await hello(running)).serial).not.toBe(before);
    await running.close();
    const said = lines
      .join("")
      .split("\n")
      .filter((line) => line.includes('"certificate"'));
    expect(said.map((line) => (JSON.parse(line) as { detail: string }).detail)).toEqual([
      `The private key in ${file("key.pem")} is not that of the certificate in ${file("cert.pem")}.`,
      "The renewed certificate is in use.",
    ]);
  });

  it("stops although a caller never finishes its handshake", async () => {
    const running = await start({ tls: await files() });
    const idle = connectPlain(running.address.port, "127.0.0.1");
    idle.on("error", () => undefined);
    await once(idle, "connect");
    const gone = once(idle, "close");
    await running.close();
    await gone;
  });
});

describe("a certificate that is refused before anything listens", () => {
  const day = 24 * 3600_000;
  it.each([
    [
      "the key of another",
      async () => ({ ...(await files()), keyFile: await put("other.pem", newAuthority().key) }),
      /other\.pem is not that of/,
    ],
    ["another host's", () => files(AUTHORITY.issue(["example.net"])), /cert\.pem is not for example\.com/],
    [
      "one that is over",
      () => files(AUTHORITY.issue(["example.com"], { to: Date.now() - day })),
      /cert\.pem was valid until/,
    ],
    ["one of tomorrow", () => files(AUTHORITY.issue(["example.com"], { from: Date.now() + day })), /valid only from/],
    ["a key that everybody may read", () => files(EXAMPLE, 0o644), /key\.pem: chmod 600/],
    [
      "no certificate",
      async () => ({ ...(await files()), certFile: await put("cert.pem", "hello") }),
      /no certificate in PEM in .*cert\.pem/,
    ],
    [
      "no key",
      async () => ({ ...(await files()), keyFile: await put("key.pem", "hello") }),
      /no private key in PEM in .*key\.pem/,
    ],
    ["no file", async () => ({ ...(await files()), certFile: file("none.pem") }), /none\.pem cannot be read/],
  ] as const)("%s", async (_name, make, says) => {
    const refused = start({ tls: await make() });
    await expect(refused).rejects.toMatchObject({ code: "tls", message: expect.stringMatching(says) as string });
  });
});

describe("who speaks TLS", () => {
  const everywhere = { host: "0.0.0.0", port: 0 };
  it.each([
    ["off loopback nobody", { listen: everywhere }, /--tls-cert/],
    ["a proxy elsewhere without a name", { listen: everywhere, behindProxy: [] }, /must be named/],
    ["both", { behindProxy: [], tls: { certFile: "a", keyFile: "b" } }, /not both/],
    [
      "a broker with a public URL that does not",
      { publicUrls: ["http://127.0.0.1"], tls: { certFile: "a", keyFile: "b" } },
      /is https/,
    ],
    ["a proxy at no address", { behindProxy: ["proxy.example.com"] }, /is not an address/],
    ["a proxy in no range", { behindProxy: ["10.0.0.0/33"] }, /is not an address/],
  ] as const)("is refused: %s", async (_name, options, says) => {
    await expect(start(options)).rejects.toMatchObject({
      code: "options",
      message: expect.stringMatching(says) as string,
    });
  });
});
