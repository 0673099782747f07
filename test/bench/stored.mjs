/**
 * What a long history costs: Pending and Status of a broker with a few requests in its store, and of the same one with a
 * million. The million are copies of the first ones with names of their own, answered, and a part of them at the accounts that
 * are asked about. Status asks for any of them, Pending for what waits, of which there is the same at both.
 */
import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import Database from "libsql";
import { CALL_CONTENT_TYPE } from "../../dist/node/crypto/index.js";
import { ENDPOINT_PATH } from "../../dist/node/protocol/index.js";
import { startBroker } from "./broker-child.mjs";
import { temporaryFolder } from "./cleanup.mjs";
import { connectUsers, opened, plainConfirmations, sealed } from "./confirmations.mjs";
import { HttpLine } from "./http-line.mjs";
import { quantile } from "./statistics.mjs";
import { digits, table } from "./table.mjs";

const STORED = 1_000_000;
const STORED_QUICK = 100_000;
const USERS = 16;
/** Answered and pending ones of each user, to begin with. */
const ANSWERED = 4;
const PENDING = 2;
const CALLS = 1500;
const CALLS_QUICK = 400;
export async function benchStored({ quick, say }) {
  const stored = quick ? STORED_QUICK : STORED;
  const calls = quick ? CALLS_QUICK : CALLS;
  const folder = temporaryFolder();
  let broker = await startBroker(folder, { open: true });
  const connected = await connectUsers(broker, USERS);
  const ids = await firstRequests(connected);
  const few = { startMs: await restartMs(), ...(await ask(broker, connected, ids, calls)) };
  await broker.child.stop();
  say(`storing ${digits(stored)} requests`);
  // In a process of its own: whatever it has open is closed when it ends.
  await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, "fill-store.mjs"),
    broker.data,
    String(stored),
  ]);
  const bytes = statSync(join(broker.data, "broker.sqlite")).size;
  const any = sample(join(broker.data, "broker.sqlite"), calls);
  const many = { startMs: await restartMs(), ...(await ask(broker, connected, any, calls)) };
  await broker.child.stop();

  const names = ["startMs", "pendingMs", "statusMs", "pendingP99Ms", "statusP99Ms"];
  const ratios = Object.fromEntries(names.map((name) => [name, many[name] / few[name]]));
  const data = { stored, bytes, few, many, ratios };
  return { data, problems: [...few.problems, ...many.problems], lines: lines(data) };

  /** Stops the broker and starts it again on what it has. */
  async function restartMs() {
    await broker.child.stop();
    const from = performance.now();
    broker = await startBroker(folder, { open: true });
    return performance.now() - from;
  }
}

/** Posts the first requests, and answers some. @returns the BrokerIDs of the answered ones */
async function firstRequests(connected) {
  const contender = plainConfirmations(connected);
  const line = new HttpLine(connected.broker.port);
  for (let index = 0; index < USERS * ANSWERED; index += 1) {
    const problem = await contender.confirm(line, contender.make(index % USERS));
    if (problem !== undefined) throw new Error(problem);
  }
  for (let index = 0; index < USERS * PENDING; index += 1) {
    await line.send("POST", ENDPOINT_PATH, "application/json", contender.make(index % USERS).enquire);
  }
  line.close();
  return sample(join(connected.broker.data, "broker.sqlite"), USERS * ANSWERED);
}

function sample(file, count) {
  const database = new Database(file, { readonly: true });
  const { last } = database.prepare("SELECT max(seq) AS last FROM requests").get();
  const select = database.prepare(
    "SELECT broker_id FROM requests WHERE seq >= ? AND state = 'REPLY' ORDER BY seq LIMIT 1",
  );
  const ids = Array.from({ length: count }, () => select.get(randomInt(1, last))?.broker_id).filter(
    (id) => id !== undefined,
  );
  database.close();
  return ids;
}

/** Milliseconds of one call after the other: Pending signed, Status plain. */
async function ask(broker, { users }, ids, calls) {
  const line = new HttpLine(broker.port);
  const problems = [];
  const timed = async (count, call) => {
    const times = [];
    for (let index = 0; index < count; index += 1) {
      const [type, body, isRight] = call(index);
      const from = performance.now();
      const answer = await line.send("POST", ENDPOINT_PATH, type, body);
      times.push(performance.now() - from);
      if (!isRight(opened(answer.body))) problems.push(answer.body.slice(0, 200));
    }
    return times;
  };
  const pending = (index) => {
    const { account, device } = users[index % users.length];
    const message = JSON.stringify({ PendingRequest: { Responder: account } });
    return [
      CALL_CONTENT_TYPE,
      sealed(device, broker.endpoint, message).body,
      ({ PendingResponse }) => PendingResponse?.Entries?.length === PENDING,
    ];
  };
  const status = (index) => [
    "application/json",
    JSON.stringify({ StatusRequest: { BrokerID: ids[index % ids.length] } }),
    ({ StatusResponse }) => StatusResponse?.Response?.RequestStatus === "REPLY",
  ];
  await timed(calls / 5, pending);
  await timed(calls / 5, status);
  const [pendings, statuses] = [await timed(calls, pending), await timed(calls, status)];
  line.close();
  return {
    pendingMs: quantile(pendings, 0.5),
    pendingP99Ms: quantile(pendings, 0.99),
    statusMs: quantile(statuses, 0.5),
    statusP99Ms: quantile(statuses, 0.99),
    problems,
  };
}

function lines({ stored, bytes, few, many, ratios }) {
  const row = (label, name) => [label, digits(few[name], 2), digits(many[name], 2), digits(ratios[name], 2)];
  return [
    ...table(
      ["ms", "a few stored", `${digits(stored)} stored`, "ratio"],
      [
        row("Pending, p50", "pendingMs"),
        row("Pending, p99", "pendingP99Ms"),
        row("Status, p50", "statusMs"),
        row("Status, p99", "statusP99Ms"),
        row("start until it listens", "startMs"),
      ],
    ),
    "",
    `One call after the other over one connection; the embedded store, ${digits(bytes / 1024 / 1024)} MiB.`,
  ];
}
