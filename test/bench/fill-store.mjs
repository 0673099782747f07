/**
 * Copies the answered requests of a broker's store, under names of their own, until there are so many more. Started by the
 * bench as `node fill-store.mjs FOLDER COUNT`, while the broker is stopped.
 */
import { join } from "node:path";
import Database from "libsql";

const CHUNK = 50_000;
/** What makes a row another one. */
const RENAMED = {
  // Letters and the digits from 2 to 7.
  broker_id:
    "'BENCH-' || replace(replace(replace(replace(hex(randomblob(16)), '0', 'G'), '1', 'H'), '8', 'I'), '9', 'J')",
  digest: "hex(randomblob(21))",
  enquirer_id: "hex(randomblob(16))",
};
/** As in a store of before there were sums: those of the templates would not fit. */
const NO_SUM = "NULL";

const [folder, count] = process.argv.slice(2);
const stored = Number(count);
const database = new Database(join(folder, "broker.sqlite"));
database.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000");
const templates = database.prepare("SELECT seq FROM requests WHERE state = 'REPLY'").raw().all().flat();
const { last } = database.prepare("SELECT max(seq) AS last FROM requests").get();
database.exec("CREATE TEMP TABLE copies (seq INTEGER PRIMARY KEY, of INTEGER NOT NULL)");
const copy = ["requests", "request_bodies", "answers"].map((name) => {
  const columns = database.prepare(`SELECT name FROM pragma_table_info('${name}')`).raw().all().flat();
  const values = columns.map((column) =>
    column === "seq" ? "c.seq" : column === "sum" ? NO_SUM : (name === "requests" && RENAMED[column]) || `t.${column}`,
  );
  return database.prepare(
    `INSERT INTO ${name} (${columns.join()}) SELECT ${values.join()} FROM copies c JOIN ${name} t ON t.seq = c.of`,
  );
});
const note = database.prepare("INSERT INTO copies VALUES (?, ?)");
for (let done = 0; done < stored; done += CHUNK) {
  database.exec("BEGIN");
  database.exec("DELETE FROM copies");
  for (let index = 0; index < CHUNK; index += 1)
    note.run(last + 1 + done + index, templates[(done + index) % templates.length]);
  for (const one of copy) one.run();
  database.exec("COMMIT");
}
database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
database.close();
