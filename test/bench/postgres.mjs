/** A PostgreSQL of the bench's own, in a temporary folder on the disk that the other stores use; it syncs every commit. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findPostgres } from "../support/postgres-binaries.mjs";
import { onEnd, temporaryFolder } from "./cleanup.mjs";
import { spawnOnServersCore } from "./cores.mjs";

const START_MS = 15_000;

/** Who runs it: PostgreSQL refuses to be root. */
function serverUser() {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const [, , uid, gid] = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody");
  return { uid: Number(uid), gid: Number(gid) };
}

/**
 * Starts one, on the core of the servers: what it takes is part of what a confirmation costs.
 *
 * @returns the address of an empty database, and the server's process; undefined where PostgreSQL is not installed
 */
export async function startPostgres() {
  const binaries = findPostgres();
  if (binaries === undefined) return undefined;
  const user = serverUser();
  const folder = temporaryFolder();
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const how = ["--username=confirm", "--auth=trust", "--encoding=UTF8", "--no-locale", "-D", data];
  execFileSync(join(binaries, "initdb"), how, { ...user, stdio: "ignore", cwd: "/" });
  const settings = ["listen_addresses=", `unix_socket_directories=${folder}`, "shared_buffers=128MB"];
  const args = [join(binaries, "postgres"), "-D", data, ...settings.flatMap((one) => ["-c", one])];
  const server = spawnOnServersCore(args, { ...user, stdio: "ignore", cwd: "/" });
  const gone = once(server, "exit");
  onEnd(async () => {
    server.kill("SIGINT");
    await gone;
  });
  const ready = [join(binaries, "pg_isready"), "-q", "-h", folder, "-U", "confirm", "-d", "postgres"];
  for (const until = performance.now() + START_MS; performance.now() < until; await sleep(100)) {
    if (server.exitCode !== null) break;
    if (answers(ready)) return { url: `postgres://confirm@localhost/postgres?host=${folder}`, pid: server.pid };
  }
  throw new Error("PostgreSQL did not start.");
}

function answers([command, ...args]) {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
