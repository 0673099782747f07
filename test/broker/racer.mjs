/**
 * One of two processes at one store: takes requests one after the other and tries to end each in its own way, as soon as
 * it is told to start. Prints what the store told it.
 *
 * usage: node racer.mjs STORE answer|cancel|expire|remove START, the requests as JSON on stdin
 */
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { openStore } from "../../dist/node/broker/store/index.js";

const [folder, act, start] = process.argv.slice(2);
const requests = JSON.parse(await text(process.stdin));
const store = await openStore(folder);
const response = { payload: "yes", signatures: [{ protected: "p", signature: "s" }] };
const acts = {
  answer: ({ sequence, kid, now }) => store.answer({ sequence, deviceKid: kid, digest: "yes", response, now }),
  cancel: ({ sequence, now }) => store.cancel(sequence, now),
  expire: ({ sequence, expire }) => store.expire(sequence, expire),
  remove: ({ account, now }) => store.removeAccount(account, now),
};
await delay(Math.max(0, Number(start) - Date.now()));
const told = [];
for (const request of requests) told.push((await acts[act](request)) ?? null);
await store.close();
console.log(JSON.stringify(told));
