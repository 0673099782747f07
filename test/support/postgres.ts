/**
 * A PostgreSQL server of a test's own: in a temporary folder, at a socket in it and at no port, run by a user who is not
 * root. It ends with the test's process, however that ends. Commits are synced as on any server; where there is a disk in memory,
 * to that one, since no test here takes the power away.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { findPostgres } from "./postgres-binaries.mjs";

const BINARIES = findPostgres();

/** Why there is no server here; empty where there is one. */
export const NO_POSTGRES = BINARIES === undefined ? " (skipped: PostgreSQL 15 or later is not installed)" : "";

const MEMORY = "/dev/shm";

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
  #guard: ChildProcess | undefined;
  #databases = 0;

  private constructor() {
    this.#folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), "confirm-pg-"));
    this.#user = serverUser();
    if (this.#user !== undefined) chownSync(this.#folder, this.#user.uid, this.#user.gid);
    chmodSync(this.#folder, 0o700);
  }

  static async start(): Promise<Postgres> {
    const server = new Postgres();
    const options = ["--username=confirm", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"];
    execFileSync(server.#binary("initdb"), [...options, "-D", server.#data], {
      ...server.#user,
      stdio: "ignore",
      cwd: "/",
    });
    await server.resume();
    return server;
  }

  get #data(): string {
    return join(this.#folder, "data");
  }

  #binary(name: string): string {
    return join(BINARIES ?? "", name);
  }

  /** The address of a database. */
  url(database: string): string {
    return `postgres://confirm@localhost/${database}?host=${this.#folder}`;
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
    const client = new pg.Client(url);
    client.on("error", () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** Cuts the connections to a database; those that listen alone, if so wished. */
  async cut(url: string, listening = false): Promise<number> {
    const which = listening ? "query ILIKE 'LISTEN%'" : "true";
    const cut = await this.sql(
      this.url("postgres"),
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND ${which}`,
      [nameIn(url)],
    );
    return cut.length;
  }

  /** Ends the server at once, as a power cut would, but for the disk. */
  async halt(): Promise<void> {
    const guard = this.#guard;
    this.#guard = undefined;
    if (guard?.exitCode !== null) return;
    const gone = once(guard, "exit");
    guard.stdin?.end();
    await gone;
  }

  /** Starts it again on its data. */
  async resume(): Promise<void> {
    const settings = ["listen_addresses=", `unix_socket_directories=${this.#folder}`, "max_connections=100"];
    const args = [...settings, "shared_buffers=32MB"].flatMap((setting) => ["-c", setting]);
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
