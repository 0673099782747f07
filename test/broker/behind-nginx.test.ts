/**
 * Debian's nginx before three brokers on one PostgreSQL, as the example for operators sets it up: push and waiting calls go
 * through it, and brokers that are killed or restarted below it lose nothing of what was acknowledged.
 */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClientError } from "../../src/client/index.ts";
import { signResponse } from "../../src/crypto/index.ts";
import { type AskResult, Enquirer, EnquirerError, type Notice, type Posted } from "../../src/enquirer/index.ts";
import { loadSigningKey } from "../../src/node/index.ts";
import { type Jws, LIMITS } from "../../src/protocol/index.ts";
import { deliverDue } from "../../src/responder/index.ts";
import type { TestDevice } from "../support/broker.ts";
import { Brokers } from "../support/brokers.ts";
import { type User, userWith } from "../support/co-responder.ts";
import { messageOf, sendHttp } from "../support/http.ts";
import { EXAMPLE, Nginx, NO_NGINX } from "../support/nginx.ts";
import { NO_POSTGRES } from "../support/postgres.ts";
import { newDecryption, newKey, profileOf } from "../support/signing.ts";

/** All that calls here comes from one address. */
const MUCH = { perSecond: 1000, burst: 5000 };
const POLICY = { enquirers: "registered", limits: { address: MUCH, kid: MUCH, pending: { verifiedSender: 50 } } };
const WHY_NOT = NO_POSTGRES + NO_NGINX;
const CAROL = "carol@example.com";
const PIECE_MS = 100;

describe.skipIf(WHY_NOT !== "")(`three brokers behind nginx${WHY_NOT}`, { timeout: 180_000 }, () => {
  let brokers: Brokers;
  let nginx: Nginx;
  let home: string;
  let bank: Enquirer;
  const notices: Notice[] = [];

  beforeAll(async () => {
    brokers = await Brokers.start(POLICY);
    nginx = await Nginx.start(Number(new URL(brokers.publicUrl).port), brokers.ports);
    home = await mkdtemp(join(tmpdir(), "confirm-bank-"));
    const onNotice = (notice: Notice) => notices.push(notice);
    bank = await Enquirer.open({ home, fromId: "payments@ethel.example", broker: brokers.publicUrl, onNotice });
    await brokers.register(await loadSigningKey(join(home, "enquirer-key.json")));
  });
  afterAll(async () => {
    await nginx.stop();
    await brokers.close();
    await rm(home, { recursive: true });
  });

  async function userAt(account: string): Promise<User> {
    const [key, decryption] = [await newKey(), await newDecryption()];
    const device: TestDevice = {
      ...{ account, key, decryption: decryption.key },
      profile: await profileOf(key, account, decryption.pair),
    };
    expect((await brokers.connect("front", key, account)).status).toBe(201);
    return userWith({ endpoint: brokers.publicUrl, service: brokers.service }, device);
  }
  const ask = ({ device }: User, heading: string): Promise<Posted> =>
    bank.post({ to: device.account, request: { heading }, pin: device.key.kid, lifeMs: 600_000 });
  const said = (result: AskResult): string => result.result;

  it("are waited for longer than a call may ask them to wait", () => {
    const waits = [...EXAMPLE.matchAll(/proxy_read_timeout (\d+)s;/g)].map(([, seconds]) => Number(seconds));
    expect(waits).toHaveLength(2);
    for (const seconds of waits) expect(seconds).toBeGreaterThan(LIMITS.waitSeconds);
  });

  it("are one broker to who calls them: push, waiting calls and answers go through", async () => {
    const alice = await userAt("alice@example.com");
    const channel = await brokers.subscribe("front", alice.device.key, alice.device.account);
    const posted = await ask(alice, "Pay");
    await channel.about("Pending", posted.brokerId);
    // Calls go round, so each of the three is asked.
    for (let turn = 0; turn < 3; turn++) {
      const { body } = await brokers.callerAt("front").plain({ StatusRequest: { BrokerID: posted.brokerId } });
      expect(body["Response"]).toMatchObject({ RequestStatus: "PENDING" });
    }
    const waiting = bank.wait(posted);
    await alice.answer(true);
    expect(said(await waiting)).toBe("accepted");
    expect(await channel.about("Withdrawn", posted.brokerId)).toMatchObject({ RequestStatus: "REPLY" });
    channel.socket.terminate();
  });

  it("count a caller by what nginx saw, whatever the caller says, and take calls from nobody else", async () => {
    const body = JSON.stringify({ StatusRequest: { BrokerID: "AAAAA" } });
    const headers = { host: brokers.host, "x-forwarded-for": "not an address" };
    expect((await sendHttp(brokers.publicUrl, { headers, body })).status).toBe(200);
    const none = await sendHttp(brokers.at(0), { headers: { host: brokers.host }, body });
    expect([none.status, messageOf(none.json).sentence]).toEqual([400, expect.stringContaining("X-Forwarded-For")]);
  });

  it("lose nothing as each is killed in turn: who waits goes on, a device comes back and catches up", async () => {
    const carol = await newKey();
    await brokers.connect("front", carol, CAROL);
    const question = { to: CAROL, request: { heading: "Pay" }, pin: carol.kid, lifeMs: 600_000 };
    const first = await bank.post(question);
    const waiting = bank.wait(first);
    let channel = await brokers.subscribe("front", carol, CAROL);
    let last = (await channel.about("Pending", first.brokerId))["Sequence"];
    let reconnected = 0;
    // One of the three has the waiting call, and one the channel.
    for (const index of [0, 1, 2]) {
      const closed = once(channel.socket, "close");
      await brokers.end(index, "SIGKILL");
      const missed = await persist("post", () =>
        bank.post({ ...question, request: { heading: `Pay ${String(index)}` } }),
      );
      const news = channel.about("Pending", missed.brokerId);
      news.catch(() => undefined);
      if (await Promise.race([closed.then(() => true), news.then(() => false)])) {
        reconnected += 1;
        channel = await brokers.subscribe("front", carol, CAROL, Number(last));
      }
      last = (await channel.about("Pending", missed.brokerId))["Sequence"];
      await brokers.run(index);
    }
    const request: Jws = first.request;
    const answer = await signResponse(carol, { signedRequest: request, value: true, created: Date.now() });
    const entry = { BrokerID: first.brokerId, RequestStatus: "REPLY", Response: answer };
    expect((await brokers.callerAt("front").plain({ RespondRequest: { Response: entry } })).status).toBe(201);
    expect(said(await waiting)).toBe("accepted");
    expect(reconnected).toBeGreaterThan(0);
    expect(notices.some(({ kind }) => kind === "retrying")).toBe(true);
    channel.socket.terminate();
  });

  /** What an error was, that a retry mended. */
  const mended: string[] = [];
  /** Does as every caller does of whom a call was not taken: again, a little later. @throws what a retry does not mend */
  async function persist<T>(what: string, work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        const isPassing =
          error instanceof EnquirerError ? error.code === "undeliverable" : error instanceof ClientError;
        if (!isPassing || tries > 20) throw error;
        mended.push(`${what}: ${error instanceof Error ? error.message : ""}`);
        await delay(PIECE_MS);
      }
    }
  }

  it("are restarted one after the other while confirmations go on, and each ends with its answer", async () => {
    const users = [await userAt("dave@example.com"), await userAt("erin@example.com")];
    const isOver = { asking: false, restarting: false };
    const answered: string[] = [];
    /** A person who says yes to whatever comes, until the others are done. */
    async function sayYes(user: User): Promise<void> {
      while (!isOver.asking) {
        const [waits] = await persist("pending", user.pending);
        if (waits !== undefined) {
          answered.push(waits.brokerId);
          await persist("answer", () => user.answer(true));
        }
        await deliverDue(user.ports, user.account, () => PIECE_MS);
        await delay(PIECE_MS);
      }
    }
    const ends: { readonly posted: Posted; readonly result: AskResult }[] = [];
    async function keepAsking(user: User): Promise<void> {
      for (let count = 0; count < 3 || !isOver.restarting; count++) {
        const posted = await persist("post", () => ask(user, `Pay ${String(count)}`));
        ends.push({ posted, result: await bank.wait(posted) });
      }
    }
    const persons = users.map(sayYes);
    const asking = Promise.all(users.map(keepAsking)).finally(() => (isOver.asking = true));
    const restarting = (async () => {
      for (const index of [0, 1, 2]) {
        const before = ends.length;
        expect(await brokers.end(index, "SIGTERM")).toBe(0);
        await brokers.run(index);
        // Whatever the machine is doing, something was confirmed between two restarts.
        while (ends.length < before + 2 && !isOver.asking) await delay(20);
      }
    })().finally(() => (isOver.restarting = true));
    await Promise.all([restarting, asking, ...persons]);

    console.log(
      `${String(ends.length)} confirmations over three restarts; mended by a retry: ${String(mended.length)}`,
    );
    for (const line of new Set(mended)) console.log(`  ${line}`);
    expect(ends.length).toBeGreaterThanOrEqual(6);
    for (const { posted, result } of ends) {
      expect(said(result)).toBe("accepted");
      // Answered once, and the same from each.
      expect(answered.filter((id) => id === posted.brokerId)).toHaveLength(1);
      const answers = await Promise.all(
        [0, 1, 2].map((index) => brokers.callerAt(index).plain({ StatusRequest: { BrokerID: posted.brokerId } })),
      );
      const [one, ...others] = answers.map(({ body }) => body["Response"]);
      expect(one).toMatchObject({ RequestStatus: "REPLY" });
      expect(others).toEqual([one, one]);
    }
  });
});
