/**
 * The yardstick: a server that pays for a confirmation only what nobody can save. Three HTTP exchanges, a signature
 * verified in each of the first two, an insert and an update that are on disk before they are acknowledged, a read. No
 * protocol, no JSON, no rules. Started by the bench as `node bare-server.mjs FOLDER`; the folder holds `keys.json`.
 *
 *   POST /requests      a compact JWS   201, its number
 *   POST /answers/N     a compact JWS   200
 *   GET  /answers/N                     200, the JWS
 */
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import Database from "libsql";

const [folder] = process.argv.slice(2);
const keys = JSON.parse(readFileSync(join(folder, "keys.json"), "utf8"));
const verifyWith = (jwk) => ({ key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" });
const enquirer = verifyWith(keys.enquirer);
const device = verifyWith(keys.device);

const database = new Database(join(folder, "bare.sqlite"));
database.exec("PRAGMA journal_mode = WAL");
database.exec("PRAGMA synchronous = FULL");
database.exec("CREATE TABLE confirmations (id INTEGER PRIMARY KEY, request TEXT NOT NULL, answer TEXT) STRICT");
const insert = database.prepare("INSERT INTO confirmations (id, request) VALUES (?, ?)");
const update = database.prepare("UPDATE confirmations SET answer = ? WHERE id = ? AND answer IS NULL");
const select = database.prepare("SELECT answer FROM confirmations WHERE id = ?");
const begin = database.prepare("BEGIN IMMEDIATE");
const commit = database.prepare("COMMIT");

let lastId = 0;
let waiting = [];

/** All writes of one turn of the event loop share a commit; each is acknowledged after it. */
function durably(write, acknowledge) {
  waiting.push({ write, acknowledge });
  if (waiting.length > 1) return;
  setImmediate(() => {
    const batch = waiting;
    waiting = [];
    begin.run();
    const changed = batch.map((one) => one.write().changes === 1);
    commit.run();
    batch.forEach((one, index) => one.acknowledge(changed[index]));
  });
}

function holds(jws, key) {
  const dot = jws.lastIndexOf(".");
  return verify("sha256", Buffer.from(jws.slice(0, dot)), key, Buffer.from(jws.slice(dot + 1), "base64url"));
}

function send(response, status, body) {
  response.writeHead(status, { "Content-Type": "text/plain", "Content-Length": Buffer.byteLength(body) });
  response.end(body);
}

function take(path, jws, response) {
  if (path === "/requests") {
    if (!holds(jws, enquirer)) return send(response, 400, "bad signature");
    const id = (lastId += 1);
    return durably(
      () => insert.run(id, jws),
      () => send(response, 201, String(id)),
    );
  }
  if (!holds(jws, device)) return send(response, 400, "bad signature");
  return durably(
    () => update.run(jws, Number(path.slice("/answers/".length))),
    (changed) => send(response, changed ? 200 : 404, ""),
  );
}

const server = createServer((request, response) => {
  if (request.method === "GET") {
    const row = select.get(Number(request.url.slice("/answers/".length)));
    return send(response, row === undefined ? 404 : 200, row?.answer ?? "");
  }
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => take(request.url, Buffer.concat(chunks).toString("latin1"), response));
  return undefined;
});
server.listen(0, "127.0.0.1", () => console.error(JSON.stringify({ event: "started", port: server.address().port })));
process.on("SIGTERM", () => {
  server.closeAllConnections();
  server.close();
  database.close();
});
