/**
 * A PostgreSQL server of a test's own: in a temporary folder, at a socket in it and at no port, run by a user who is not
 * root. It ends with the test's process, however that ends. Commits are synced as on any server; where there is a disk in memory,
 * to that one, since no test here takes the power away.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { findPostgres } from "./postgres-binaries.mjs";

const BINARIES = findPostgres();

/** Why there is no server here; empty where there is one. */
export const NO_POSTGRES = BINARIES === undefined ? " (skipped: PostgreSQL 15 or later is not installed)" : "";

const MEMORY = "/dev/shm";
/** Of the socket's name; nothing listens there. */
const PORT = 5432;

/** By what our own connections are known at the server. */
const OWN_NAME = "test";

/** Ends the server as by `kill -9` when our end of the line closes, so that a dead test leaves nothing behind. */
const GUARD = '"$@" & server=$!; read -r _; kill -QUIT $server; wait $server';

const EMPTY = `
  DO $$ DECLARE name TEXT; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'mesh_confirm' AND tablename <> 'migrations' LOOP
      EXECUTE 'DELETE FROM mesh_confirm.' || name;
    END LOOP;
  END $$`;

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to be root. */
function serverUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const [, , uid, gid] = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody") ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

export class Postgres {
  readonly #folder: string;
  readonly #user: User | undefined;
  readonly #port: number;
  #guard: ChildProcess | undefined;
  #databases = 0;
  readonly #own = new Map<string, Promise<pg.Client>>();

  private constructor(port = PORT) {
    this.#port = port;
    this.#folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), "confirm-pg-"));
    this.#user = serverUser();
    if (this.#user !== undefined) chownSync(this.#folder, this.#user.uid, this.#user.gid);
    chmodSync(this.#folder, 0o700);
  }

  static async start(): Promise<Postgres> {
    const server = new Postgres();
    server.#init();
    await server.resume();
    return server;
  }

  /**
   * A server that also speaks TLS at a port of its own, as `localhost`.
   *
   * @param tls - PEM
   */
  static async startTls(port: number, tls: { readonly cert: string; readonly key: string }): Promise<Postgres> {
    const server = new Postgres(port);
    server.#init();
    const [cert, key] = [server.#file("cert.pem", tls.cert), server.#file("key.pem", tls.key)];
    await server.resume(["listen_addresses=127.0.0.1", "ssl=on", `ssl_cert_file=${cert}`, `ssl_key_file=${key}`]);
    return server;
  }

  /** A standby of this server, which follows it. */
  async standby(): Promise<Postgres> {
    const standby = new Postgres();
    const from = ["-d", this.url("postgres"), "--checkpoint=fast", "--no-sync", "--write-recovery-conf"];
    execFileSync(this.#binary("pg_basebackup"), [...from, "-D", standby.#data], {
      ...standby.#user,
      stdio: "ignore",
      cwd: "/",
    });
    await standby.resume();
    return standby;
  }

  get #data(): string {
    return join(this.#folder, "data");
  }

  #init(): void {
    const options = ["--username=confirm", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"];
    const how = { ...this.#user, stdio: "ignore", cwd: "/" } as const;
    execFileSync(this.#binary("initdb"), [...options, "-D", this.#data], how);
  }

  /** A file that the server alone can read. */
  #file(name: string, text: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    if (this.#user !== undefined) chownSync(path, this.#user.uid, this.#user.gid);
    return path;
  }

  #binary(name: string): string {
    return join(BINARIES ?? "", name);
  }

  /** Where it listens. */
  get socket(): string {
    return join(this.#folder, ".s.PGSQL.5432");
  }

  /** The address of a database. */
  url(database: string): string {
    return `postgres://confirm@localhost:${String(this.#port)}/${database}?host=${this.#folder}`;
  }

  /** Makes an empty database. @returns its address */
  async database(): Promise<string> {
    this.#databases += 1;
    const name = `test_${this.#databases}`;
    await this.sql(this.url("postgres"), `CREATE DATABASE ${name}`);
    return this.url(name);
  }

  /** Makes an empty database whose tables are in a folder elsewhere, which becomes the server's. */
  async databaseOn(folder: string): Promise<string> {
    if (this.#user !== undefined) chownSync(folder, this.#user.uid, this.#user.gid);
    this.#databases += 1;
    const name = `test_${this.#databases}`;
    await this.sql(this.url("postgres"), `CREATE TABLESPACE ${name} LOCATION '${folder}'`);
    await this.sql(this.url("postgres"), `CREATE DATABASE ${name} TABLESPACE ${name}`);
    return this.url(name);
  }

  /** Forgets every row that a store put into a database, which costs much less than another database. */
  async empty(url: string): Promise<void> {
    await this.sql(url, EMPTY);
  }

  /** Throws a store's tables away. */
  async drop(url: string): Promise<void> {
    await this.sql(url, "DROP SCHEMA IF EXISTS mesh_confirm CASCADE");
  }

  /** Runs SQL as the owner of everything. */
  async sql(url: string, text: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
    const client = await this.#connection(url);
    try {
      return (await client.query<Record<string, unknown>>(text, [...values])).rows;
    } finally {
      await client.query("RESET ALL").catch(() => undefined);
    }
  }

  /** Our own connection to a database, which stays: to start a process of the server for each question costs most of a test. */
  #connection(url: string): Promise<pg.Client> {
    const kept = this.#own.get(url);
    if (kept !== undefined) return kept;
    const client = new pg.Client({ connectionString: url, application_name: OWN_NAME });
    const forget = (): void => {
      if (this.#own.get(url) === connected) this.#own.delete(url);
    };
    client.on("error", forget);
    client.on("end", forget);
    const connected = client.connect().then(() => client);
    this.#own.set(url, connected);
    connected.catch(forget);
    return connected;
  }

  /** Cuts the connections to a database but our own; those that listen alone, if so wished. */
  async cut(url: string, listening = false): Promise<number> {
    const which = listening ? "query ILIKE 'LISTEN%'" : "true";
    const cut = await this.sql(
      this.url("postgres"),
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name <> $2 AND ${which}`,
      [nameIn(url), OWN_NAME],
    );
    return cut.length;
  }

  /** Ends the server at once, as a power cut would, but for the disk. */
  async halt(): Promise<void> {
    const guard = this.#guard;
    this.#guard = undefined;
    if (guard?.exitCode !== null) return;
    const gone = once(guard, "exit");
    this.#own.clear();
    guard.stdin?.end();
    await gone;
  }

  /** Starts it again on its data. */
  async resume(more: readonly string[] = ["listen_addresses="]): Promise<void> {
    const settings = [`port=${String(this.#port)}`, `unix_socket_directories=${this.#folder}`, "max_connections=100"];
    const args = [...settings, "shared_buffers=32MB", ...more].flatMap((setting) => ["-c", setting]);
    const command = [this.#binary("postgres"), "-D", this.#data, ...args];
    const guard = spawn("sh", ["-c", GUARD, "guard", ...command], {
      ...this.#user,
      cwd: "/",
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#guard = guard;
    for (let waited = 0; waited < 30_000; waited += 50) {
      if (guard.exitCode !== null || !existsSync(this.#data)) break;
      try {
        await this.sql(this.url("postgres"), "SELECT 1");
        return;
      } catch {
        await delay(50);
      }
    }
    throw new Error("PostgreSQL did not start.");
  }

  /** Ends the server and removes its folder. */
  async stop(): Promise<void> {
    await this.halt();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function nameIn(url: string): string {
  return new URL(url).pathname.slice(1);
}
