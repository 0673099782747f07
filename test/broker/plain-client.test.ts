/** Interoperability: a client of draft -01 that shares nothing with `src` asks, and is answered. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signResponse } from "../../src/crypto/index.ts";
import type { JsonObject, Jws } from "../../src/protocol/index.ts";
import { startTestBroker, type TestBroker, type TestDevice } from "../support/broker.ts";
import { ALICE } from "../support/signing.ts";

let broker: TestBroker;
let alice: TestDevice;
beforeAll(async () => {
  broker = await startTestBroker();
  alice = await broker.connect(ALICE);
});
afterAll(() => broker.stop());

async function answerNext(value: boolean): Promise<void> {
  for (;;) {
    const listed = await broker.signed(alice.key, { PendingRequest: { Responder: ALICE } });
    const [entry] = listed.body["Entries"] as readonly JsonObject[];
    if (entry !== undefined) {
      const signedRequest = entry["Request"] as Jws;
      const Response = await signResponse(alice.key, { signedRequest, value, created: Date.now() });
      const { BrokerID } = entry;
      await broker.signed(alice.key, { RespondRequest: { Response: { BrokerID, RequestStatus: "REPLY", Response } } });
      return;
    }
    await delay(50);
  }
}

describe("a plain -01 client", () => {
  it.each([
    ["long", true],
    ["short", false],
  ])("with %s tags posts and polls to the end, and is told %s", async (tags, value) => {
    const script = join(import.meta.dirname, "plain-client.mjs");
    const running = promisify(execFile)(process.execPath, [script, broker.endpoint, ALICE, tags], { timeout: 15_000 });
    await answerNext(value);
    const { stdout } = await running;
    expect(JSON.parse(stdout)).toEqual({ state: "REPLY", signed: true, same: true, value, enquirerId: "plain-1" });
  });
});
