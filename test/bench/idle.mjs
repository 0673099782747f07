/**
 * What the extension does while nothing happens, in Chromium: every request of the whole browser goes through a proxy that
 * counts, loopback included, and the worker's memory is read before and after. Nothing but the push channel's pings is the goal.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { resolve } from "node:path";
import { startBroker } from "./broker-child.mjs";
import { temporaryFolder } from "./cleanup.mjs";
import { ACCOUNT, badgeShows, launchCoBrowser, missingBrowser } from "./co-browser.mjs";
import { recordingProxy } from "./recording-proxy.mjs";
import { Sender } from "./sender.mjs";
import { digits, table } from "./table.mjs";

const EXTENSION = resolve(import.meta.dirname, "../../dist/chrome");
const MINUTE_MS = 60_000;
const PING_MS = 20_000;
const PATIENCE_MS = 15_000;

export async function benchIdle({ quick, say }) {
  const skipped = missingBrowser();
  if (skipped !== undefined) return { data: { skipped }, lines: [skipped], problems: [] };
  const broker = await startBroker(temporaryFolder());
  const sender = await Sender.open(broker.port);
  const proxy = await recordingProxy();
  const { chromium, watch } = await launchCoBrowser(EXTENSION, broker, sender.kid, [
    `--proxy-server=127.0.0.1:${proxy.port}`,
    // By default a browser asks no proxy for loopback.
    "--proxy-bypass-list=<-loopback>",
  ]);
  // One request comes and goes, so that the channel is known to be open.
  const { brokerId } = await sender.post(ACCOUNT);
  await badgeShows(watch, "1", PATIENCE_MS);
  await sender.cancel(brokerId);
  await badgeShows(watch, "", PATIENCE_MS);
  sender.close();
  await sleep(2000);
  const before = await workerHeap(chromium);
  proxy.take();

  const minutes = quick ? 1 : 10;
  for (let minute = 1; minute <= minutes; minute += 1) {
    await sleep(MINUTE_MS);
    say(`${minute} of ${minutes} idle minutes`);
  }
  const hosts = [...proxy.take()].map(([host, counted]) => ({ host, ...counted }));
  const after = await workerHeap(chromium);
  const ours = new URL(broker.origin).host;
  const data = { minutes, hosts, expectedPings: (minutes * MINUTE_MS) / PING_MS, heap: { before, after } };
  return { data, lines: lines(data, ours), problems: [] };
}

/** Bytes of the worker's heap after a collection: used, and taken from the system. */
async function workerHeap(chromium) {
  const session = await chromium.context.browser().newBrowserCDPSession();
  const { targetInfos } = await session.send("Target.getTargets");
  const target = targetInfos.find(({ type, url }) => type === "service_worker" && url.startsWith(chromium.url("")));
  if (target === undefined) throw new Error("The worker does not run.");
  const { sessionId } = await session.send("Target.attachToTarget", { targetId: target.targetId });
  let count = 0;
  const ask = (method) => {
    count += 1;
    const id = count;
    const answer = new Promise((done) => {
      const hear = ({ sessionId: from, message }) => {
        const reply = JSON.parse(message);
        if (from !== sessionId || reply.id !== id) return;
        session.off("Target.receivedMessageFromTarget", hear);
        done(reply.result);
      };
      session.on("Target.receivedMessageFromTarget", hear);
    });
    return session
      .send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method }) })
      .then(() => answer);
  };
  await ask("HeapProfiler.collectGarbage");
  const { usedSize, totalSize } = await ask("Runtime.getHeapUsage");
  await session.send("Target.detachFromTarget", { sessionId });
  await session.detach();
  return { usedSize, totalSize };
}

function lines({ minutes, hosts, expectedPings, heap }, ours) {
  const rows = hosts.map(({ host, requests, frames, bytes }) => [
    host === ours ? "the broker" : host,
    requests,
    frames,
    bytes,
  ]);
  const mega = (bytes) => digits(bytes / 1024 / 1024, 2);
  return [
    ...table([`Through the proxy in ${minutes} idle minutes`, "requests", "frames", "bytes sent"], rows),
    "",
    `The push channel's pings, one every ${PING_MS / 1000} s, are ${expectedPings} frames. All hosts are in the table.`,
    `The worker's heap after a collection: ${mega(heap.before.usedSize)} MiB of ${mega(heap.before.totalSize)} before, ` +
      `${mega(heap.after.usedSize)} of ${mega(heap.after.totalSize)} after.`,
  ];
}
