/**
 * From the enquirer to the device over the push channel, beside mosquitto with QoS 1, which keeps nothing on disk and
 * verifies nothing. One message at a time, turn by turn.
 */
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { ENDPOINT_PATH } from "../../dist/node/protocol/index.js";
import { startBroker } from "./broker-child.mjs";
import { onEnd, temporaryFolder } from "./cleanup.mjs";
import { connectUsers, plainConfirmations, sealed } from "./confirmations.mjs";
import { coresLine, joinCores, separateCores, spawnOnServersCore } from "./cores.mjs";
import { HttpLine } from "./http-line.mjs";
import { MqttLine } from "./mqtt-line.mjs";
import { quantile } from "./statistics.mjs";
import { digits, table } from "./table.mjs";

const GOAL = 3;
const MISSING = "mosquitto is not installed, so it was left out: apt-get install mosquitto";
const START_MS = 10_000;

export async function benchPush(options) {
  separateCores();
  try {
    return await compare(options);
  } finally {
    joinCores();
  }
}

async function compare({ quick, say }) {
  const ours = await openPush();
  const theirs = await openMosquitto(ours.size);
  const times = { posted: [], acknowledged: [], mosquitto: [] };
  const warm = 100;
  const count = warm + (quick ? 200 : 1000);
  for (let index = 0; index < count; index += 1) {
    const { posted, acknowledged } = await ours.once();
    const mosquitto = await theirs?.once();
    if (index < warm) continue;
    times.posted.push(posted);
    times.acknowledged.push(acknowledged);
    if (mosquitto !== undefined) times.mosquitto.push(mosquitto);
  }
  ours.close();
  theirs?.close();
  say(`${count - warm} messages each`);
  return report(times, count - warm);
}

function report(times, n) {
  const figures = Object.fromEntries(
    Object.entries(times).map(([name, all]) => [
      name,
      all.length === 0 ? undefined : { p50Ms: quantile(all, 0.5), p99Ms: quantile(all, 0.99) },
    ]),
  );
  const ratio = (of) => (figures.mosquitto === undefined ? undefined : of.p50Ms / figures.mosquitto.p50Ms);
  const line = (label, of) => [label, digits(of?.p50Ms, 2), digits(of?.p99Ms, 2), digits(of && ratio(of), 2)];
  const rows = [
    line("Enquire acknowledged to the device's frame", figures.acknowledged),
    line("Enquire sent to the device's frame", figures.posted),
    line("mosquitto, QoS 1: sent to the subscriber", figures.mosquitto),
  ];
  return {
    data: {
      n,
      goal: GOAL,
      cores: coresLine(),
      ...figures,
      ratio: ratio(figures.acknowledged),
      ratioFromSent: ratio(figures.posted),
    },
    problems: [],
    lines: [
      ...table(["", "p50 ms", "p99 ms", "to mosquitto"], rows),
      "",
      `${n} each, turn by turn, one at a time. The goal is ${GOAL} times. ${coresLine()}`,
      ...(figures.mosquitto === undefined ? [MISSING] : []),
    ],
  };
}

/** A device that listens, and an enquirer that posts. */
async function openPush() {
  const broker = await startBroker(temporaryFolder(), { open: true });
  const connected = await connectUsers(broker, 1);
  const [{ account, device }] = connected.users;
  const url = `${broker.endpoint.replace(/^http/, "ws")}/push`;
  const socket = new WebSocket(url, "mesh-confirm", { perMessageDeflate: false });
  await once(socket, "open");
  let arrived = () => undefined;
  const next = () =>
    new Promise((resolve) => {
      arrived = resolve;
    });
  socket.on("message", () => arrived(performance.now()));
  const subscribed = next();
  socket.send(sealed(device, url, JSON.stringify({ SubscribeRequest: { Responder: account } })).body);
  await subscribed;
  const { make } = plainConfirmations(connected);
  const line = new HttpLine(broker.port);
  return {
    size: make(0).enquire.length,
    once: async () => {
      const { enquire, answer } = make(0);
      const frame = next();
      const sent = performance.now();
      const { body } = await line.send("POST", ENDPOINT_PATH, "application/json", enquire);
      const acknowledged = performance.now();
      const at = await frame;
      // Answered, so that the next finds no other that waits.
      const gone = next();
      const { BrokerID } = JSON.parse(body).EnquireResponse;
      const entry = `{"BrokerID":"${BrokerID}","RequestStatus":"REPLY","Response":${answer}}`;
      await line.send("POST", ENDPOINT_PATH, "application/json", `{"RespondRequest":{"Response":${entry}}}`);
      await gone;
      return { posted: at - sent, acknowledged: Math.max(0, at - acknowledged) };
    },
    close: () => {
      line.close();
      socket.terminate();
      void broker.child.stop();
    },
  };
}

async function openMosquitto(size) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  const program = folders.map((folder) => join(folder, "mosquitto")).find((path) => existsSync(path));
  if (program === undefined) return undefined;
  const port = await freePort();
  const file = join(temporaryFolder(), "mosquitto.conf");
  writeFileSync(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\nuser root\n`,
  );
  const server = spawnOnServersCore([program, "-c", file], { stdio: "ignore" });
  onEnd(() => server.kill());
  let arrived = () => undefined;
  const listener = await openWhenUp(port, () => arrived(performance.now()));
  await listener.subscribe("device");
  const sender = await MqttLine.open(port, "enquirer");
  const payload = Buffer.alloc(size, "x");
  return {
    once: async () => {
      const frame = new Promise((resolve) => {
        arrived = resolve;
      });
      const sent = performance.now();
      await Promise.all([sender.publish("device", payload), frame]);
      return (await frame) - sent;
    },
    close: () => {
      sender.close();
      listener.close();
      server.kill();
    },
  };
}

async function openWhenUp(port, onMessage) {
  for (const until = performance.now() + START_MS; ; await sleep(50)) {
    try {
      return await MqttLine.open(port, "device", onMessage);
    } catch (error) {
      if (performance.now() > until) throw error;
    }
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
