/** A broker that signs well and lies: it can lose, delay and deny, but nothing that it says becomes a yes. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type NewResponse, requestDigest, signResponse, signStamp } from "../../src/crypto/index.ts";
import type { SigningKey } from "../../src/crypto/index.ts";
import {
  type AskResult,
  Enquirer,
  EnquirerError,
  type Notice,
  type Posted,
  type Question,
} from "../../src/enquirer/index.ts";
import type { Jws } from "../../src/protocol/index.ts";
import { type FalseBroker, openFalseBroker, replying } from "../support/false-broker.ts";
import { flippedPayload, flippedSignature, newKey, profileOf, signedRequest } from "../support/signing.ts";
import { openWire, sendJson } from "../support/wire.ts";

const ALICE = "alice@localhost";
const BANK = "payments@ethel.example";
const DEVICE = await newKey();
const STRANGER = await newKey();
const OPTIONS = [
  { label: "Savings", value: "s" },
  { label: "Current", value: "c" },
];

let broker: FalseBroker;
let home: string;
let bank: Enquirer;
let notices: Notice[];
beforeEach(async () => {
  broker = await openFalseBroker();
  broker.profiles = [await profileOf(DEVICE, ALICE)];
  home = await mkdtemp(join(tmpdir(), "enquirer-"));
  notices = [];
  bank = await Enquirer.open({
    home,
    fromId: BANK,
    broker: broker.wire.endpoint,
    onNotice: (notice) => notices.push(notice),
  });
});
afterEach(async () => {
  await broker.wire.close();
  await rm(home, { recursive: true, force: true });
});

const post = (more: Partial<Question> = {}): Promise<Posted> =>
  bank.post({ to: ALICE, request: { heading: "Pay 1,200.00 EUR" }, pin: DEVICE.kid, ...more });

function yesTo(request: Jws, more: Partial<NewResponse> = {}, key: SigningKey = DEVICE): Promise<Jws> {
  return signResponse(key, { signedRequest: request, value: true, created: Date.now(), ...more });
}

async function outcome(work: Promise<AskResult | undefined>): Promise<string> {
  try {
    return (await work)?.result ?? "pending";
  } catch (error) {
    if (error instanceof EnquirerError) return error.code;
    throw error;
  }
}

describe("an answer that the broker hands on honestly", () => {
  it("counts", async () => {
    const posted = await post();
    broker.says.set("Status", replying(await yesTo(posted.request)));
    expect(await outcome(bank.wait(posted))).toBe("accepted");
  });
});

describe("a question whose answer was lost on the way", () => {
  const loseFirst = (count: number): string[] => {
    const asked: string[] = [];
    const { behaviour } = broker.wire;
    broker.wire.behaviour = async (call, response) => {
      const body = call.message["EnquireRequest"];
      if (body === undefined || asked.push(JSON.stringify(body)) > count) await behaviour(call, response);
      else response.destroy();
    };
    return asked;
  };

  it("is posted again as it was, so that the user is asked once", async () => {
    const asked = loseFirst(2);
    const { brokerId } = await post();
    expect(broker.posted.map((one) => one.brokerId)).toEqual([brokerId]);
    expect(new Set(asked).size).toBe(1);
    expect(asked).toHaveLength(3);
    expect(notices.map(({ kind }) => kind)).toContain("retrying");
  });

  it("is given up after three tries", async () => {
    const asked = loseFirst(9);
    await expect(post()).rejects.toMatchObject({ code: "undeliverable" });
    expect(asked).toHaveLength(3);
  });
});

describe("what a broker may say instead of the user's yes, and never becomes one", () => {
  const forged: readonly [string, (posted: Posted) => Promise<Jws | undefined>][] = [
    ["a yes to another question of the same words", async () => yesTo((await post()).request)],
    [
      "a yes to another question in other words",
      async () => yesTo((await post({ request: { heading: "Say hello" } })).request),
    ],
    ["a yes to an old request by the same enquirer's name", async () => yesTo(await signedRequest(await newKey()))],
    ["a yes by a device that the enquirer does not know", (posted) => yesTo(posted.request, {}, STRANGER)],
    ["a yes by the broker's own key", (posted) => yesTo(posted.request, {}, broker.service)],
    ["a yes with a flipped signature", async (posted) => flippedSignature(await yesTo(posted.request))],
    ["a no turned into a yes", async (posted) => flippedPayload(await yesTo(posted.request, { value: false }))],
    ["a yes over the request with another signature", (posted) => yesTo(flippedSignature(posted.request))],
    ["the request itself", (posted) => Promise.resolve(posted.request)],
    ["the device's profile", () => profileOf(DEVICE, ALICE)],
    ["nothing", () => Promise.resolve(undefined)],
    ["a yes that names an option which there is not", (posted) => yesTo(posted.request, { choice: "s" })],
    ["a yes that the user says they did not start", (posted) => yesTo(posted.request, { reason: "unknown" })],
    [
      "a yes from long after the request expired",
      (posted) => yesTo(posted.request, { created: posted.expire + 600_000 }),
    ],
    [
      "a yes from long before the request was made",
      (posted) => yesTo(posted.request, { created: Date.now() - 600_000 }),
    ],
  ];
  it.each(forged)("%s", async (_, forge) => {
    const posted = await post();
    broker.says.set("Status", replying(await forge(posted)));
    expect(await outcome(bank.wait(posted, { timeoutMs: 15_000 }))).toBe("untrusted_answer");
    expect(await outcome(bank.status(posted))).toBe("untrusted_answer");
  });

  it("a yes without the option that the question asks for", async () => {
    const posted = await post({ request: { heading: "Pay", buttons: OPTIONS } });
    broker.says.set("Status", replying(await yesTo(posted.request)));
    expect(await outcome(bank.wait(posted))).toBe("untrusted_answer");
    broker.says.set("Status", replying(await yesTo(posted.request, { choice: "x" })));
    expect(await outcome(bank.wait(posted))).toBe("untrusted_answer");
    broker.says.set("Status", replying(await yesTo(posted.request, { choice: "c" })));
    expect(await bank.wait(posted)).toMatchObject({ result: "accepted", choice: "c", label: "Current" });
  });

  it("a yes in another account's name, by that account's pinned device", async () => {
    await bank.pin("bob@localhost", STRANGER.kid);
    await bank.pin(ALICE, DEVICE.kid);
    const posted = await bank.post({ to: ALICE, request: { heading: "Pay" } });
    broker.says.set("Status", replying(await yesTo(posted.request, {}, STRANGER)));
    expect(await outcome(bank.wait(posted))).toBe("untrusted_answer");
  });

  it("a status that there is not", async () => {
    const posted = await post();
    broker.says.set("Status", () => ({
      StatusResponse: { Status: 201, Response: { BrokerID: posted.brokerId, RequestStatus: "ACCEPTED" } },
    }));
    expect(await outcome(bank.wait(posted, { timeoutMs: 300 }))).toBe("timeout");
  });

  it("a yes that is not signed by the broker", async () => {
    const posted = await post();
    const answer = await yesTo(posted.request);
    broker.wire.behaviour = (_, response) => sendJson(response, replying(answer)({ BrokerID: posted.brokerId }));
    expect(await outcome(bank.wait(posted, { timeoutMs: 700 }))).toBe("timeout");
    expect(notices.map((notice) => notice.kind)).toContain("retrying");
  });

  it.each([
    ["EXPIRED", "expired"],
    ["ECANCEL", "cancelled"],
    ["BCANCEL", "removed"],
    ["REFUSED", "refused"],
  ])("%s beside a yes: the state is believed as a no answer, the yes is not looked at", async (state, result) => {
    const posted = await post();
    const Response = await yesTo(posted.request);
    broker.says.set("Status", (body) => ({
      StatusResponse: { Status: 201, Response: { BrokerID: body["BrokerID"], RequestStatus: state, Response } },
    }));
    expect(await outcome(bank.wait(posted))).toBe(result);
  });
});

describe("a BrokerID that was given to two requests", () => {
  it("is refused the second time, so that the one's yes is never read as the other's", async () => {
    const first = await post({ request: { heading: "Delete everything" } });
    broker.says.set("Enquire", () => ({ EnquireResponse: { Status: 201, BrokerID: first.brokerId } }));
    expect(await outcome(post({ request: { heading: "Say hello" } }).then(() => undefined))).toBe("undeliverable");
    expect(await bank.posted(first.brokerId)).toEqual(first);
  });
});

describe("giving up", () => {
  it("at the time limit counts a yes that came first", async () => {
    const posted = await post();
    const answer = await yesTo(posted.request);
    broker.says.set("Status", (body) =>
      body["Cancel"] === true ? replying(answer)(body) : { ConfirmResponse: { Status: 429, RetryAfter: 1 } },
    );
    expect(await outcome(bank.wait(posted, { timeoutMs: 200 }))).toBe("accepted");
  });

  it("by the caller counts no yes, not even one that came first", async () => {
    const posted = await post();
    const answer = await yesTo(posted.request);
    const giveUp = new AbortController();
    broker.says.set("Status", (body) => {
      if (body["Cancel"] === true) return replying(answer)(body);
      giveUp.abort();
      return { ConfirmResponse: { Status: 429, RetryAfter: 1 } };
    });
    expect(await outcome(bank.wait(posted, { signal: giveUp.signal }))).toBe("aborted");
  });

  it("by the caller while the answer is being taken counts no yes", async () => {
    const posted = await post();
    const giveUp = new AbortController();
    broker.says.set("Status", replying(await yesTo(posted.request)));
    // The last thing before a yes is what the broker says of the devices.
    broker.says.set("Profile", () => {
      giveUp.abort();
      return { ConfirmResponse: { Status: 404 } };
    });
    expect(await outcome(bank.wait(posted, { signal: giveUp.signal }))).toBe("aborted");
  });

  it("by the caller while the time limit's cancelling is under way counts no yes", async () => {
    const posted = await post();
    const answer = await yesTo(posted.request);
    const giveUp = new AbortController();
    broker.says.set("Status", (body) => {
      if (body["Cancel"] !== true) return { ConfirmResponse: { Status: 429, RetryAfter: 1 } };
      giveUp.abort();
      return replying(answer)(body);
    });
    expect(await outcome(bank.wait(posted, { timeoutMs: 200, signal: giveUp.signal }))).toBe("aborted");
  });

  it("does not take longer than the time limit because the broker is busy", async () => {
    const posted = await post();
    broker.says.set("Status", () => ({ ConfirmResponse: { Status: 429, RetryAfter: 30 } }));
    const before = performance.now();
    expect(await outcome(bank.wait(posted, { timeoutMs: 300 }))).toBe("timeout");
    // The cancelling may take five seconds more.
    expect(performance.now() - before).toBeLessThan(7000);
    expect(notices.map((notice) => notice.kind)).toContain("not_cancelled");
  });

  it("does not wait for a broker that does not answer", async () => {
    const posted = await post();
    broker.silent.add("Status");
    const giveUp = new AbortController();
    setTimeout(() => giveUp.abort(), 100);
    const before = performance.now();
    expect(await outcome(bank.wait(posted, { signal: giveUp.signal }))).toBe("aborted");
    expect(performance.now() - before).toBeLessThan(7000);
  });
});

describe("waiting", () => {
  it("at a broker that does not hold the call asks about once a second, not without pause", async () => {
    const posted = await post();
    await outcome(bank.wait(posted, { timeoutMs: 1500 }));
    expect(broker.count("Status")).toBeGreaterThan(1);
    expect(broker.count("Status")).toBeLessThan(6);
  });

  it("goes on after the line broke", async () => {
    const posted = await post();
    const answer = await yesTo(posted.request);
    const honest = broker.wire.behaviour;
    let broken = 0;
    broker.wire.behaviour = async (call, response) => {
      broken += 1;
      if (broken <= 2) response.destroy();
      else await honest(call, response);
    };
    broker.says.set("Status", replying(answer));
    expect(await outcome(bank.wait(posted))).toBe("accepted");
    expect(notices.filter((notice) => notice.kind === "retrying")).toHaveLength(2);
  });

  it("takes the yes even where the broker says nothing of the devices, and the receipt has none then", async () => {
    const posted = await post();
    broker.says.set("Status", replying(await yesTo(posted.request)));
    broker.silent.add("Profile");
    const before = performance.now();
    expect(await bank.wait(posted)).toMatchObject({ result: "accepted", receipt: { Devices: [] } });
    expect(performance.now() - before).toBeLessThan(8000);
  });

  it("reports a device that the broker names and nobody pinned, and takes the pinned one's yes", async () => {
    const posted = await post();
    broker.profiles = [await profileOf(STRANGER, ALICE), await profileOf(DEVICE, ALICE)];
    broker.says.set("Status", replying(await yesTo(posted.request)));
    expect(await outcome(bank.wait(posted))).toBe("accepted");
    expect(notices).toContainEqual({ kind: "unpinned_device", account: ALICE, kids: [STRANGER.kid] });
  });

  it("keeps no stamp in the receipt that is of another answer, or by another key, and says so", async () => {
    const other = await newKey();
    for (const [key, responseDigest] of [
      [broker.service, "a".repeat(42) + "A"],
      [other, undefined],
      [broker.service, undefined],
    ] as const) {
      notices.length = 0;
      const posted = await post();
      const answer = await yesTo(posted.request);
      const stamp = await signStamp(key, {
        requestDigest: await requestDigest(posted.request),
        responseDigest: responseDigest ?? (await requestDigest(answer)),
        received: Date.now(),
      });
      broker.says.set("Status", (body) => {
        const said = replying(answer)(body) as { readonly StatusResponse: object };
        return { StatusResponse: { ...said.StatusResponse, Stamp: stamp } };
      });
      const result = await bank.wait(posted);
      if (result.result !== "accepted") throw new Error(result.result);
      const isGood = key === broker.service && responseDigest === undefined;
      expect(result.receipt.Stamp).toEqual(isGood ? stamp : undefined);
      expect(notices.some((notice) => notice.kind === "stamp_dropped")).toBe(!isGood);
    }
  });

  it("keeps no profile in the receipt that its device did not sign for the account", async () => {
    const posted = await post();
    const good = await profileOf(DEVICE, ALICE);
    broker.profiles = [
      flippedSignature(await profileOf(STRANGER, ALICE)),
      await profileOf(STRANGER, "bob@localhost"),
      good,
    ];
    broker.says.set("Status", replying(await yesTo(posted.request)));
    expect(await bank.wait(posted)).toMatchObject({ receipt: { Devices: [good] } });
  });
});

describe("first contact", () => {
  it.each<[string, object]>([
    ["names no key", { HelloResponse: { Status: 201 } }],
    [
      "names a key of another kind",
      { HelloResponse: { Status: 201, ServiceKey: { kty: "OKP", crv: "Ed25519", x: "AA" } } },
    ],
    [
      "names a point that is not on the curve",
      { HelloResponse: { Status: 201, ServiceKey: { ...DEVICE.jwk, y: "A".repeat(43) } } },
    ],
    ["names its private key", { HelloResponse: { Status: 201, ServiceKey: { ...DEVICE.jwk, d: "AA" } } }],
    ["refuses", { ConfirmResponse: { Status: 503 } }],
  ])("with a broker that %s pins nothing, and nothing is delivered", async (_, hello) => {
    broker.says.set("Hello", () => hello);
    expect(await outcome(post().then(() => undefined))).toBe("undeliverable");
    expect(broker.posted).toEqual([]);
    expect(await bank.devices(ALICE).catch(() => "refused")).toBe("refused");
  });

  it("of two calls at once, to which the line names two keys, pins one and never the other on top", async () => {
    const named: SigningKey[] = [];
    broker.says.set("Hello", async () => {
      const key = named.length === 0 ? broker.service : await newKey();
      named.push(key);
      // Both have asked before either is pinned.
      while (broker.count("Hello") < 2) await sleep(5);
      if (key !== broker.service) await sleep(150);
      return { HelloResponse: { Status: 201, ServiceKey: key.jwk } };
    });
    const other = await Enquirer.open({ home, fromId: BANK, broker: broker.wire.endpoint });
    await Promise.allSettled([bank.devices(ALICE), other.devices(ALICE)]);
    const pins = JSON.parse(await readFile(join(home, "pins.json"), "utf8")) as { services: { kid: string }[] };
    expect(pins.services.map((pin) => pin.kid)).toEqual([broker.service.kid]);
    expect(await bank.devices(ALICE)).toHaveLength(1);
  });

  it("of two questions at once, to which the broker names two devices, pins the one set alone", async () => {
    await bank.devices(ALICE);
    const asked = broker.count("Profile");
    let turn = 0;
    broker.says.set("Profile", async () => {
      turn += 1;
      const key = turn === 1 ? DEVICE : STRANGER;
      while (broker.count("Profile") < asked + 2) await sleep(5);
      if (key === STRANGER) await sleep(150);
      return { ProfileResponse: { Status: 201, Account: ALICE, Devices: [await profileOf(key, ALICE)] } };
    });
    const question = { to: ALICE, request: { heading: "Pay" }, trustOnFirstUse: true };
    await Promise.all([bank.post(question), bank.post(question)]);
    const pins = JSON.parse(await readFile(join(home, "pins.json"), "utf8")) as { devices: { kid: string }[] };
    expect(pins.devices.map((pin) => pin.kid)).toEqual([DEVICE.kid]);
  });

  it("does not follow the broker to another address", async () => {
    const elsewhere = await openWire((_, response) => sendJson(response, {}));
    broker.wire.behaviour = (_, response) => {
      response.writeHead(307, { location: elsewhere.endpoint });
      response.end();
    };
    expect(await outcome(post().then(() => undefined))).toBe("undeliverable");
    expect(elsewhere.arrived).toEqual([]);
    await elsewhere.close();
  });

  it("does not follow the broker's own word to another address", async () => {
    const elsewhere = await openWire((_, response) => sendJson(response, {}));
    for (const Status of [303, 307]) {
      broker.says.set("Enquire", () => ({ EnquireResponse: { Status, StatusDescription: elsewhere.endpoint } }));
      expect(await outcome(post().then(() => undefined))).toBe("undeliverable");
    }
    expect(elsewhere.arrived).toEqual([]);
    await elsewhere.close();
  });
});

describe("one look at a request", () => {
  it("at a broker that is too busy is not taken for pending, nor for cancelled", async () => {
    const posted = await post();
    broker.says.set("Status", () => ({ ConfirmResponse: { Status: 429, RetryAfter: 30 } }));
    const before = performance.now();
    await expect(bank.status(posted)).rejects.toMatchObject({ code: "undeliverable", status: 429 });
    await expect(bank.status(posted, { Cancel: true })).rejects.toMatchObject({ code: "undeliverable" });
    expect(performance.now() - before).toBeLessThan(5000);
  });

  it("that brings no state at all is not taken for pending", async () => {
    const posted = await post();
    broker.says.set("Status", () => ({ ConfirmResponse: { Status: 201 } }));
    expect(await outcome(bank.status(posted))).toBe("undeliverable");
  });
});
