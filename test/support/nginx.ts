/**
 * nginx before brokers on this machine, as the example for operators has it, less its TLS. In a folder of its own, and gone
 * with the test's process, however that ends.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findNginx } from "./nginx-binary.mjs";

const BINARY = findNginx();
/** What operators start from. */
export const EXAMPLE = readFileSync(join(import.meta.dirname, "../../docs/examples/nginx.conf"), "utf8");

/** Why there is no nginx here; empty where there is one. */
export const NO_NGINX = BINARY === undefined ? " (skipped: nginx is not installed)" : "";

/** Ends nginx when our end of the line closes, so that a dead test leaves nothing behind. */
const GUARD = '"$@" & server=$!; read -r _; kill -TERM $server; wait $server';

/** The example, for other addresses. @throws where a line is not in it, which a test must not overlook */
function example(port: number, brokers: readonly number[]): string {
  const replace = (text: string, line: RegExp, by: string): string => {
    if (!line.test(text)) throw new Error(`The example has no line ${String(line)}.`);
    return text.replace(line, by);
  };
  const upstream = /^ *server 127\.0\.0\.1:8787(.*)$/m;
  const [, settings = ""] = upstream.exec(EXAMPLE) ?? [];
  const lines = brokers.map((broker) => `  server 127.0.0.1:${String(broker)}${settings}`).join("\n");
  let text = replace(EXAMPLE, upstream, lines);
  text = replace(text, /^ *listen .*$/m, `  listen 127.0.0.1:${String(port)};`);
  text = replace(text, /^ *ssl_certificate .*$/m, "");
  return replace(text, /^ *ssl_certificate_key .*$/m, "");
}

export class Nginx {
  readonly #folder = mkdtempSync(join(tmpdir(), "confirm-nginx-"));
  #guard: ChildProcess | undefined;

  /** Starts it at a port, before brokers at others. */
  static async start(port: number, brokers: readonly number[]): Promise<Nginx> {
    const nginx = new Nginx();
    const folder = nginx.#folder;
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    mkdirSync(join(folder, "tmp"));
    const config = `
      ${process.getuid?.() === 0 ? "user root;" : ""}
      worker_processes 1;
      daemon off;
      pid ${join(folder, "nginx.pid")};
      events {}
      http {
        access_log off;
        ${temporary.map((name) => `${name}_temp_path ${join(folder, "tmp", name)};`).join("\n")}
        ${example(port, brokers)}
      }`;
    writeFileSync(join(folder, "nginx.conf"), config);
    const errors = join(folder, "errors");
    const command = [BINARY ?? "", "-p", folder, "-c", join(folder, "nginx.conf"), "-e", errors];
    const guard = spawn("sh", ["-c", GUARD, "guard", ...command], { stdio: ["pipe", "ignore", "ignore"] });
    nginx.#guard = guard;
    for (let waited = 0; waited < 20_000 && guard.exitCode === null; waited += 20) {
      if (await listens(port)) return nginx;
      await delay(20);
    }
    throw new Error(`nginx did not start: ${readFileSync(errors, "utf8")}`);
  }

  /** Ends it and removes its folder. */
  async stop(): Promise<void> {
    const guard = this.#guard;
    if (guard?.exitCode === null) {
      const gone = once(guard, "exit");
      guard.stdin?.end();
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
    socket.once("connect", () => socket.end());
  });
}
