/**
 * What a device costs that is there and does nothing: thousands of push channels at one broker, beside as many sockets of
 * bare `ws`. Memory is what the kernel counts, after a collection, before and after they came; processor time is that of
 * the pings. Fifty channels share an account and its key; each is subscribed by a call of its own.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { startBroker } from "./broker-child.mjs";
import { Child } from "./child.mjs";
import { onEnd, temporaryFolder } from "./cleanup.mjs";
import { connectUsers, sealed } from "./confirmations.mjs";
import { digits, table } from "./table.mjs";

const DEVICES = 10_000;
const DEVICES_QUICK = 1000;
const OF_ACCOUNT = 50;
const AT_ONCE = 32;
const WATCHED_MS = 20_000;
const PING_MS = 20_000;
const SETTLE_MS = 1500;
const QUARTERS = 4;
const PATIENCE_MS = 10_000;
const COLLECT = join(import.meta.dirname, "collect.mjs");

export async function benchDevices({ quick, say }) {
  const count = quick ? DEVICES_QUICK : DEVICES;
  const folder = temporaryFolder();
  const folders = ["bare", "broker"].map((name) => join(folder, name));
  for (const one of folders) mkdirSync(one);
  const bare = await Child.start(folders[0], "bare", [
    "--import",
    COLLECT,
    join(import.meta.dirname, "bare-sockets.mjs"),
  ]);
  const ofBare = await measure(bare, count, say, (index) => openBare(bare.started.port, index));
  await bare.stop();

  const broker = await startBroker(folders[1], { open: true, nodeArgs: ["--import", COLLECT] });
  const { users } = await connectUsers(broker, Math.ceil(count / OF_ACCOUNT));
  const url = `${broker.endpoint.replace("http", "ws")}/push`;
  const ofBroker = await measure(broker.child, count, say, (index) => subscribe(url, users[index % users.length]));
  await broker.child.stop();

  const data = { devices: count, bare: ofBare, broker: ofBroker, ratio: ofBroker.bytes / ofBare.bytes };
  const problems = ofBroker.open === count ? [] : [`${count - ofBroker.open} channels did not stay open`];
  return { data, problems, lines: lines(data) };
}

/**
 * Opens so many, a quarter after the other, and lets them be; each pings from when it is open, as the extension does: a
 * broker closes what is silent.
 */
async function measure(child, count, say, open) {
  const before = await memory(child);
  const sockets = [];
  const pinging = [];
  const growth = [];
  let openedMs = 0;
  const worker = async (most) => {
    while (sockets.length < most) {
      const place = sockets.push(undefined) - 1;
      const socket = await open(place);
      sockets[place] = socket;
      pinging.push(setInterval(() => socket.send("ping"), PING_MS));
    }
  };
  for (let quarter = 1; quarter <= QUARTERS; quarter += 1) {
    const from = performance.now();
    const most = Math.round((count * quarter) / QUARTERS);
    await Promise.all(Array.from({ length: AT_ONCE }, () => worker(most)));
    openedMs += performance.now() - from;
    await sleep(SETTLE_MS);
    growth.push({ devices: most, bytes: (await memory(child)).rss - before.rss });
  }
  say(`${count} sockets in ${digits(openedMs / 1000, 1)} s`);
  const end = onEnd(() => sockets.forEach((socket) => socket.terminate()));
  const cpu = child.cpuMs();
  await sleep(WATCHED_MS);
  const cpuMs = child.cpuMs() - cpu;
  const after = await memory(child);
  for (const timer of pinging) clearInterval(timer);
  const stayed = sockets.filter((socket) => socket.readyState === WebSocket.OPEN).length;
  await end();
  return {
    growth,
    bytes: (after.rss - before.rss) / count,
    heapBytes: (after.heapUsed - before.heapUsed) / count,
    cpuShare: cpuMs / WATCHED_MS,
    openedMs,
    open: stayed,
  };
}

async function memory(child) {
  const said = () => child.lines().filter(({ event }) => event === "memory");
  const before = said().length;
  child.signal("SIGUSR2");
  const until = performance.now() + PATIENCE_MS;
  while (said().length === before) {
    if (performance.now() > until) throw new Error("A server did not say how much memory it has.");
    await sleep(20);
  }
  return said().at(-1);
}

function opened(socket, isReady) {
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("A socket was closed.")));
    isReady(() => resolve(socket));
  });
}

function openBare(port) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
  return opened(socket, (ready) => socket.once("open", ready));
}

function subscribe(url, { account, device }) {
  const socket = new WebSocket(url, ["mesh-confirm"], { perMessageDeflate: false });
  const message = JSON.stringify({ SubscribeRequest: { Responder: account } });
  socket.once("open", () => socket.send(sealed(device, url, message).body));
  return opened(socket, (ready) =>
    socket.once("message", (data) => {
      const { payload } = JSON.parse(data);
      const { Status } = JSON.parse(Buffer.from(payload ?? "", "base64url")).SubscribeResponse;
      if (Status === 201) ready();
      else socket.terminate();
    }),
  );
}

function lines({ devices, bare, broker, ratio }) {
  const row = (label, { bytes, heapBytes, cpuShare, openedMs }) => [
    label,
    digits(bytes / 1024, 1),
    digits(heapBytes / 1024, 1),
    digits(cpuShare * 100, 1),
    digits((devices / openedMs) * 1000),
  ];
  return [
    ...table(
      ["", "KiB each", "of these in the heap", "% of a core", "opened a second"],
      [row("bare ws", bare), row("broker", broker)],
    ),
    "",
    `${digits(devices)} devices, each with a ping every ${PING_MS / 1000} s: ${digits(ratio, 2)} times the memory of bare ws.`,
  ];
}
