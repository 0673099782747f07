/** A disk without room: writes are refused and say when to come again, reading goes on, and nothing has to be restarted. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../../src/broker/index.ts";
import { signResponse } from "../../../src/crypto/index.ts";
import type { Jws } from "../../../src/protocol/index.ts";
import { startTestBroker } from "../../support/broker.ts";
import { HOUR } from "../../support/fake-clock.ts";
import type { Message } from "../../support/http.ts";
import { NO_POSTGRES, Postgres } from "../../support/postgres.ts";
import { ALICE, newKey, signedRequest } from "../../support/signing.ts";
import { SmallDisk } from "../../support/small-disk.ts";

const NO_DISK = process.getuid?.() === 0 ? "" : " (skipped: only root may mount a disk)";
/** So many requests do not fit into the pages that are there already. */
const MOST = 2000;
const PATIENCE_MS = 30_000;

interface Posted {
  readonly request: Jws;
  readonly BrokerID: string;
}

async function servesReadsAlone(place: string, disk: SmallDisk): Promise<void> {
  const policy = { ...DEFAULT_POLICY, limits: undefined };
  const broker = await startTestBroker({ folder: place, domains: ["example.com"], policy });
  const [alice, bank] = [await broker.connect(ALICE), await newKey()];
  const enquire = (request: Jws): Promise<Message> =>
    broker.plain({ EnquireRequest: { Request: { Request: request, ResponderAccount: ALICE } } });
  const status = (BrokerID: string): Promise<Message> => broker.plain({ StatusRequest: { BrokerID } });
  const newRequest = (): Promise<Jws> => signedRequest(bank, { created: Date.now(), expire: Date.now() + HOUR });

  const posted: Posted[] = [];
  const post = async (request: Jws): Promise<Message> => {
    const told = await enquire(request);
    if (told.status === 201) posted.push({ request, BrokerID: told.body["BrokerID"] as string });
    return told;
  };
  await post(await newRequest());
  disk.fill();
  let request = await newRequest();
  let told = await post(request);
  while (told.status === 201 && posted.length < MOST) {
    request = await newRequest();
    told = await post(request);
  }
  expect(told).toMatchObject({ tag: "EnquireResponse", status: 503, body: { RetryAfter: 30 } });

  const [first] = posted;
  if (first === undefined) throw new Error("Nothing was posted.");
  const answer = await signResponse(alice.key, { signedRequest: first.request, value: true, created: Date.now() });
  const entry = { BrokerID: first.BrokerID, RequestStatus: "REPLY", Response: answer };
  const respond = (): Promise<Message> => broker.plain({ RespondRequest: { Response: entry } });
  expect(await respond()).toMatchObject({ tag: "RespondResponse", status: 503, body: { RetryAfter: 30 } });

  expect((await broker.plain({ HelloRequest: {} })).status).toBe(201);
  expect((await status(first.BrokerID)).body["Response"]).toMatchObject({ RequestStatus: "PENDING" });
  const call = await broker.caller.seal(alice.key, { PendingRequest: { Responder: ALICE, MaxResponse: 1 } });
  const pending = await broker.caller.send(call);
  expect(pending.body["Entries"]).toMatchObject([{ BrokerID: first.BrokerID, Request: first.request }]);
  expect((await broker.caller.send(call)).status, "the same call again").toBe(401);

  disk.free();
  expect((await post(request)).status).toBe(201);
  expect((await respond()).status).toBe(201);
  expect((await broker.caller.send(call)).status, "and again, now that there is room").toBe(401);
  const said = (): unknown[] =>
    broker
      .log()
      .filter(({ event }) => event === "store")
      .map(({ detail }) => detail);
  for (const until = Date.now() + PATIENCE_MS; said().length < 2 && Date.now() < until;) await delay(100);
  expect(said()).toEqual([expect.stringMatching(/full|no room/), "The store can be used again."]);
  await broker.stop();

  const later = await startTestBroker({ folder: place, domains: ["example.com"], policy });
  for (const { BrokerID } of posted) {
    const expected =
      BrokerID === first.BrokerID ? { RequestStatus: "REPLY", Response: answer } : { RequestStatus: "PENDING" };
    expect((await later.plain({ StatusRequest: { BrokerID } })).body["Response"]).toMatchObject(expected);
  }
  await later.stop();
}

describe(`a full disk refuses what writes with 503, still serves what reads, and goes on by itself${NO_DISK}`, () => {
  it.skipIf(NO_DISK !== "")("under the embedded file", { timeout: 120_000 }, async () => {
    const disk = SmallDisk.mount(8);
    if (disk === undefined) throw new Error("The disk cannot be mounted.");
    try {
      await servesReadsAlone(join(disk.path, "data"), disk);
    } finally {
      disk.unmount();
    }
  });

  const why = NO_DISK === "" ? NO_POSTGRES : NO_DISK;
  it.skipIf(why !== "")(`under PostgreSQL's tables${why}`, { timeout: 120_000 }, async () => {
    const disk = SmallDisk.mount(24);
    if (disk === undefined) throw new Error("The disk cannot be mounted.");
    const server = await Postgres.start();
    try {
      await servesReadsAlone(await server.databaseOn(disk.path), disk);
    } finally {
      await server.stop();
      disk.unmount();
    }
  });
});
