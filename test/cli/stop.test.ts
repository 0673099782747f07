/**
 * `confirm ask` is stopped: by its own timeout, by Ctrl-C, by a signal at any moment. Whatever answer comes at that moment,
 * only a yes to a process that nobody stopped is 0.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { signResponse } from "../../src/crypto/index.ts";
import type { SigningKey } from "../../src/crypto/index.ts";
import type { JsonObject } from "../../src/protocol/index.ts";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import { connectTestDevice, type Device } from "../support/device.ts";
import { type FalseBroker, openFalseBroker, replying } from "../support/false-broker.ts";
import { seededRandom } from "../support/random.ts";
import { signalled } from "../support/signal-process.ts";
import { newKey, profileOf } from "../support/signing.ts";
import { type Finished, type Running, System } from "../support/system.ts";

const ROUNDS = 8;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGINT", "SIGKILL"] as const;

let system: System;

beforeAll(async () => {
  system = await System.start({ limits: false });
});

afterAll(() => system.close());

describe("a signal at any moment", { timeout: 120_000 }, () => {
  const random = seededRandom("signals at random moments");

  /** One confirmation: the user accepts, and a signal comes, each at its own moment. */
  async function round(home: string, user: Device, usualMs: number): Promise<"no" | "yes" | "too late"> {
    const signal = SIGNALS[Math.floor(random() * SIGNALS.length)] ?? "SIGINT";
    // Half of them around the answer, where it is close; half anywhere from the first moment on.
    const isClose = random() < 0.5;
    const [before, after, anywhere] = [random() * 100, random() * 150, random() * usualMs];
    const { child, finished } = system.spawn("--home", home, "ask", user.account, `Round ${random()}`);
    const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
    const accepting = (async () => {
      const entry = await user.next(isOver);
      await sleep(before);
      await user.answer(entry, true);
    })().catch(() => undefined);
    if (isClose) await Promise.race([accepting.then(() => sleep(after)), finished]);
    else await sleep(anywhere);
    const wasSignalled = await signalled(child, signal);
    const { code, stdout } = await finished;
    await accepting;
    if (!wasSignalled) expect({ signal, code, stdout }).toMatchObject({ code: 0, stdout: "accepted\n" });
    if (code === 0) return wasSignalled ? "yes" : "too late";
    return "no";
  }

  it.skipIf(process.platform !== "linux")("never ends in 0, whenever the user accepts", async () => {
    const lanes = await Promise.all(
      ["carol", "dora"].map(async (name) => {
        const home = join(system.folder, name);
        const ended: string[] = [];
        const user = await connectTestDevice(system, `${name}@localhost`);
        const started = performance.now();
        const asking = system.confirm("--home", home, "ask", user.account, "Undisturbed");
        await user.answer(await user.next(), true);
        expect(await asking).toMatchObject({ code: 0 });
        const usualMs = performance.now() - started;
        for (let done = 0; done < ROUNDS; done += 1) ended.push(await round(home, user, usualMs));
        return ended;
      }),
    );
    const ends = lanes.flat();
    // Past its last look for signals, microseconds before the end, a process cannot tell one from one that comes too
    // late. Once in a run is chance; a signal that is not heeded shows more often.
    expect(ends.filter((end) => end === "yes").length, ends.join(", ")).toBeLessThan(2);
    // A run in which every signal came too late has shown nothing.
    expect(ends.filter((end) => end === "no").length).toBeGreaterThan(ROUNDS / 2);
  });
});

describe("a yes that comes as ask is stopped", { timeout: 120_000 }, () => {
  let broker: FalseBroker;
  let device: SigningKey;
  let answers: number;

  beforeAll(async () => {
    device = await newKey();
  });
  beforeEach(async () => {
    answers = 0;
    broker = await openFalseBroker();
    broker.profiles = [await profileOf(device, "erin@localhost")];
    return () => broker.wire.close();
  });

  const ask = (...more: readonly string[]): Running =>
    system.spawn(
      "--home",
      join(system.folder, `erin-${broker.service.kid}`),
      "--broker",
      broker.wire.endpoint,
      "ask",
      "erin@localhost",
      "Open pod bay doors",
      ...more,
    );

  const yes = async (body: JsonObject): Promise<object> => {
    const request = broker.posted[0]?.request;
    if (request === undefined) throw new Error("nothing was posted");
    answers += 1;
    return replying(await signResponse(device, { signedRequest: request, value: true, created: Date.now() }))(body);
  };
  const pending = async (body: JsonObject): Promise<object> => {
    await sleep(200);
    return { StatusResponse: { Status: 201, Response: { BrokerID: body["BrokerID"], RequestStatus: "PENDING" } } };
  };
  const never = new Promise<object>(() => {
    // No answer at all.
  });
  const cancelled = (body: JsonObject): object => ({
    StatusResponse: { Status: 201, Response: { BrokerID: body["BrokerID"], RequestStatus: "ECANCEL" } },
  });
  const called = (transaction: string, times = 1): Promise<boolean> =>
    waitUntil(`${transaction} is called`, 30_000, async () => (broker.count(transaction) >= times ? true : undefined));

  it("counts where it won against the cancelling after --timeout", async () => {
    broker.says.set("Status", (body) => (body["Cancel"] === true ? yes(body) : pending(body)));
    expect(await ask("--timeout", "1s").finished).toMatchObject({ code: 0, stdout: "accepted\n" });
    expect(answers).toBe(1);
  });

  it("does not count after Ctrl-C, also where it won against the cancelling", async () => {
    broker.says.set("Status", (body) => (body["Cancel"] === true ? yes(body) : pending(body)));
    const { child, finished } = ask();
    await called("Status");
    child.kill("SIGINT");
    expect(await finished).toMatchObject({ code: 2, stdout: "no answer: given up\n" });
    expect(answers).toBe(1);
  });

  it("does not count where Ctrl-C comes while the yes is being looked at", async () => {
    broker.says.set("Status", yes);
    const asking = ask();
    await called("Profile");
    broker.says.set("Profile", async (body) => {
      await sleep(1000);
      return { ProfileResponse: { Status: 201, Account: body["Account"], Devices: broker.profiles } };
    });
    await called("Profile", 2);
    asking.child.kill("SIGINT");
    expect(await asking.finished).toMatchObject({ code: 2, stdout: "no answer: given up\n" });
    expect(answers).toBeGreaterThan(0);
  });

  it("does not count where Ctrl-C comes while the cancelling after --timeout is on its way", async () => {
    broker.says.set("Status", async (body) => {
      if (body["Cancel"] !== true) return pending(body);
      await sleep(1500);
      return yes(body);
    });
    const { child, finished } = ask("--timeout", "1s");
    await called("Status");
    await waitUntil("it cancels", 30_000, async () => (broker.wire.arrived.some(isCancel) ? true : undefined));
    child.kill("SIGINT");
    expect(await finished).toMatchObject({ code: 2, stdout: "no answer: given up\n" });
  });

  it("cannot come where Ctrl-C comes while the request is being posted: it is cancelled all the same", async () => {
    broker.says.set("Status", cancelled);
    broker.says.set("Enquire", async () => {
      await sleep(1000);
      return { EnquireResponse: { Status: 201, BrokerID: "RBKXX-2Q7AB-ZQK2N-5VEIR-4W2LM-OXJ7D" } };
    });
    const { child, finished } = ask();
    await called("Enquire");
    child.kill("SIGINT");
    expect(await finished).toMatchObject({ code: 2, stdout: "no answer: given up\n" });
    expect(broker.wire.arrived.some(isCancel)).toBe(true);
  });

  it("is not waited for where Ctrl-C is pressed twice", async () => {
    broker.says.set("Status", (body) => (body["Cancel"] === true ? never : pending(body)));
    const { child, finished } = ask();
    await called("Status");
    child.kill("SIGINT");
    await waitUntil("it cancels", 30_000, async () => (broker.wire.arrived.some(isCancel) ? true : undefined));
    child.kill("SIGINT");
    const before = performance.now();
    expect(await finished).toMatchObject({ code: 2, stdout: "" });
    expect(performance.now() - before).toBeLessThan(4000);
  });

  it("may still come where the broker could not be told, and that is said", async () => {
    broker.says.set("Status", (body) => (body["Cancel"] === true ? never : pending(body)));
    const end: Finished = await ask("--timeout", "1s").finished;
    expect(end).toMatchObject({ code: 2, stdout: "no answer in time\n" });
    expect(end.stderr).toMatch(/the broker was not told to cancel R\S+; until it expires it can still be answered\n$/);
  });
});

function isCancel({ message }: { readonly message: JsonObject }): boolean {
  const body = message["StatusRequest"];
  return typeof body === "object" && body !== null && "Cancel" in body;
}
