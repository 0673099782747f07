/** Two processes at one store: each request ends once, and the one that ended it is the one that was told so. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore, type Store } from "../../src/broker/index.ts";
import { NO_POSTGRES, Postgres } from "../support/postgres.ts";

const NOW = 1_800_000_000_000;
const EXPIRE = NOW + 60_000;
/** Both processes have loaded by then, else they meet less often; what is tested holds in any case. */
const LOAD_MS = 1500;
const jws = { payload: "e30", signatures: [{ protected: "p", signature: "s" }] };

interface Asked {
  readonly account: string;
  readonly kid: string;
  readonly brokerId: string;
  readonly sequence: number;
  readonly now: number;
  readonly expire: number;
}

/** A store that is empty at first. */
interface Place {
  readonly where: string;
  readonly discard: () => Promise<void>;
}

async function inFolder(): Promise<Place> {
  const where = await mkdtemp(join(tmpdir(), "confirm-two-"));
  return { where, discard: () => rm(where, { recursive: true }) };
}

async function onPostgres(): Promise<Place> {
  server ??= await Postgres.start();
  return { where: await server.database(), discard: () => Promise.resolve() };
}

let server: Postgres | undefined;
let place: Place;
let store: Store;
afterAll(() => server?.stop());

/** A request at an account of its own with one device. */
async function ask(index: number): Promise<Asked> {
  const [account, kid] = [`user-${index}@example.com`, `DEVICE-${"A".repeat(index + 1)}`];
  const signingKey = { kty: "EC", crv: "P-256", x: kid, y: kid };
  await store.connectDevice(
    { account, kid, name: "device", signingKey, profile: jws, changesKeys: false, now: NOW },
    { by: "open_service" },
  );
  const brokerId = `BROKER-${"A".repeat(index + 1)}`;
  const request = { brokerId, account, digest: brokerId, signerKid: "SIGNER", request: jws, received: NOW };
  const rest = { postedBy: undefined, enquirerId: undefined, enquirerIdSigned: false, fromId: "bank@bank.example" };
  const outcome = await store.addRequest({ ...request, ...rest, draft: "01", expire: EXPIRE }, undefined);
  if (outcome.kind !== "added") throw new Error(outcome.kind);
  return { account, kid, brokerId, sequence: outcome.sequence, now: NOW, expire: EXPIRE };
}

/** What the store told a process that ended the requests in its way. */
async function race(act: string, start: number, requests: readonly Asked[]): Promise<readonly unknown[]> {
  const script = join(import.meta.dirname, "racer.mjs");
  const child = spawn(process.execPath, [script, place.where, act, String(start)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(requests));
  return JSON.parse(await text(child.stdout)) as readonly unknown[];
}

/** Whether this is what the one who ended a request is told. */
function hasWon(told: unknown): boolean {
  if (Array.isArray(told)) return told.length === 1;
  return told === true || (told as { readonly kind?: string } | null)?.kind === "settled";
}

const STORES = [
  ["a folder", inFolder, 120, ""],
  ["PostgreSQL", onPostgres, 40, NO_POSTGRES],
] as const;

for (const [name, newPlace, many, whyNot] of STORES) {
  describe.skipIf(whyNot !== "")(`two processes at one store in ${name}${whyNot}`, () => {
    beforeEach(async () => {
      place = await newPlace();
      store = await openStore(place.where);
    });
    afterEach(async () => {
      await store.close();
      await place.discard();
    });

    it.each([
      ["answer", "REPLY", "cancel", "ECANCEL"],
      ["answer", "REPLY", "expire", "EXPIRED"],
      ["answer", "REPLY", "remove", "BCANCEL"],
      ["cancel", "ECANCEL", "remove", "BCANCEL"],
    ])("that %s (%s) and %s (%s) the same requests end each once", async (one, oneEnd, other, otherEnd) => {
      const requests = await Promise.all(Array.from({ length: many }, (_, index) => ask(index)));
      const start = Date.now() + LOAD_MS;
      const [first, second] = await Promise.all([race(one, start, requests), race(other, start, requests)]);
      for (const [index, { brokerId }] of requests.entries()) {
        const won = [hasWon(first[index]), hasWon(second[index])];
        expect([...won].sort(), JSON.stringify([first[index], second[index]])).toEqual([false, true]);
        expect((await store.request(brokerId))?.state).toBe(won[0] === true ? oneEnd : otherEnd);
      }
    });
  });
}
