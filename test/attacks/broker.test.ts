/**
 * A malicious broker, whose key is the pinned one, against a responder over real sockets: what it forges, alters, replays,
 * re-addresses, re-dates or contradicts is not shown, or shown as what it is, and is never signed.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  encryptionJwkOf,
  encryptJws,
  importEncryptionKey,
  openResponse,
  signNextServiceKey,
  TYP,
} from "../../src/crypto/index.ts";
import { formatTime, type Jws, type PublicJwk, type RequestEntry } from "../../src/protocol/index.ts";
import { decide, deliverDue, poll, present, viewResult, withdrawIfConfirmed } from "../../src/responder/index.ts";
import type { RequestRef, RequestView } from "../../src/responder/index.ts";
import { refOf, yes } from "../support/alice.ts";
import { secretRequest } from "../support/encrypting.ts";
import { endorseRequest } from "../support/endorsing.ts";
import { DAY, MINUTE, SECOND, SOME_TIME } from "../support/fake-clock.ts";
import { foreignKey } from "../support/foreign-signer.ts";
import { besiege, listed, type Siege } from "../support/siege.ts";
import {
  ALICE,
  BANK,
  flippedPayload,
  flippedSignature,
  foreignRequest,
  inClear,
  newDecryption,
  newKey,
  profileOf,
  signedRequest,
} from "../support/signing.ts";
import { sendJson, signedAnswer } from "../support/wire.ts";

const RULES = { armingMs: 600 };
const STRANGER = await newKey();

let siege: Siege;
beforeEach(async () => {
  siege = await besiege();
});
afterEach(() => siege.close());

/** Shows what is named, long enough, and says yes with the tick. */
async function sayYes(ref: RequestRef): ReturnType<typeof decide> {
  await present(siege.ports, ref);
  siege.who.clock.pass(SECOND);
  return decide(siege.ports, yes(ref), RULES);
}

/** The one request that waits. */
async function only(): Promise<RequestView> {
  const views = await siege.look();
  const [view] = views;
  if (view === undefined || views.length > 1) throw new Error(`${views.length} requests wait.`);
  return view;
}

const otherDevice = async () => importEncryptionKey(await encryptionJwkOf((await newDecryption()).pair));

describe("a request that the broker made up or changed", () => {
  const attacks: readonly [string, string, () => Promise<RequestEntry>][] = [
    ["altered in its text", "signature", async () => listed(flippedPayload(await signedRequest(siege.who.bank)))],
    [
      "altered in its signature",
      "signature",
      async () => listed(flippedSignature(await signedRequest(siege.who.bank))),
    ],
    [
      "with the signature of another request of the same sender: swapped",
      "signature",
      async () => {
        const [small, large] = [await signedRequest(siege.who.bank), await signedRequest(siege.who.bank)];
        return listed({ ...large, signatures: small.signatures });
      },
    ],
    [
      "signed by the broker under the sender's kid",
      "signature",
      async () => {
        const forged = await signedRequest(siege.who.service);
        const [one] = forged.signatures;
        if (one === undefined) throw new Error("no signature");
        return listed({ ...forged, signatures: [{ ...one, header: { kid: siege.who.bank.kid } }] });
      },
    ],
    [
      "meant for another account: re-addressed in its envelope",
      "other_account",
      async () => listed(await signedRequest(siege.who.bank, { toId: "bob@example.com" }), { ResponderAccount: ALICE }),
    ],
    [
      "meant for another device, encrypted for it alone",
      "encryption",
      async () => {
        const { jwe } = await secretRequest(siege.who.bank, [await otherDevice()]);
        return listed(jwe, { PostedBy: siege.who.bank.kid });
      },
    ],
    [
      "taken out of its encryption and put into the broker's own",
      "encryption",
      async () => {
        const { inner } = await secretRequest(siege.who.bank, [siege.who.encryption]);
        const jwe = await encryptJws(inner, TYP.request, [siege.who.encryption]);
        return listed(jwe, { PostedBy: siege.who.service.kid });
      },
    ],
    [
      "taken out of its encryption and passed on in clear",
      "encryption",
      async () => listed((await secretRequest(siege.who.bank, [siege.who.encryption])).inner),
    ],
    [
      "that lets a device in, signed by somebody else than the broker: smuggled among the ordinary ones",
      "unsupported",
      async () => listed(await signedRequest(siege.who.bank, { endorse: await profileOf(STRANGER) })),
    ],
    [
      "that lets a device in, in the broker's own ordinary words and with options",
      "unsupported",
      async () =>
        listed(
          await endorseRequest({
            service: siege.who.service,
            device: STRANGER,
            request: { text: "<srml><h1>Pay</h1><button>Yes</button></srml>" },
          }),
        ),
    ],
    [
      "dated ahead, to be valid later",
      "dates",
      async () => listed(await signedRequest(siege.who.bank, { created: SOME_TIME + 3 * MINUTE })),
    ],
  ];

  it.each(attacks)("%s, is refused (%s), and nothing of it is shown or signed", async (_, reason, attack) => {
    siege.lists(await attack());
    expect(await siege.look()).toEqual([]);
    const [entry] = await siege.stored();
    if (entry === undefined) throw new Error("It was not stored.");
    expect(entry).toMatchObject({ state: "refused", refusal: { reason } });
    expect(await sayYes(refOf(entry))).toMatchObject({ ok: false });
    expect(siege.broker.count("Respond")).toBe(0);
  });

  it("in the name of a pinned sender, by a key of the broker's own, is an alarm without a yes", async () => {
    siege.who.pins.set(BANK, [siege.who.bank.kid]);
    siege.broker.profiles = [await profileOf(STRANGER, BANK)];
    siege.lists(listed(await signedRequest(STRANGER)));
    const view = await only();
    expect(view.sender).toMatchObject({ trust: "changed", kid: STRANGER.kid });
    expect(await sayYes(view)).toEqual({ ok: false, refusal: "sender" });
  });

  it("with another Expire, EnquirerID or account in its envelope is what was signed, and for as long", async () => {
    const request = await signedRequest(siege.who.bank);
    const later = formatTime(SOME_TIME + 3 * DAY);
    siege.lists(listed(request, { Expire: later, EnquirerID: "another", ResponderAccount: "bob@example.com" }));
    expect(await only()).toMatchObject({ account: ALICE, expires: SOME_TIME + 5 * MINUTE });
    siege.who.clock.pass(5 * MINUTE);
    expect(await siege.look()).toEqual([]);
  });

  it("that expired before it was passed on, because it was withheld, is not shown", async () => {
    siege.lists(listed(await signedRequest(siege.who.bank, { created: SOME_TIME - 6 * MINUTE })));
    expect(await siege.look()).toEqual([]);
    expect(await siege.stored()).toMatchObject([{ state: "expired" }]);
  });
});

describe("a request that was accepted, played again", () => {
  async function accepted(): Promise<{ readonly request: Jws; readonly view: RequestView }> {
    const request = await signedRequest(siege.who.bank);
    siege.lists(listed(request));
    const view = await only();
    expect(await sayYes(view)).toEqual({ ok: true });
    siege.broker.says.set("Respond", () => ({ RespondResponse: { Status: 201 } }));
    await deliverDue(siege.ports, siege.account, () => SECOND);
    return { request, view };
  }

  it.each<[string, (request: Jws, view: RequestView) => Promise<RequestEntry> | RequestEntry]>([
    ["under the same BrokerID", (request, view) => listed(request, { BrokerID: view.id })],
    ["under another BrokerID", (request) => listed(request)],
    [
      "with the kid beside it changed",
      (request) =>
        listed({
          ...request,
          signatures: request.signatures.map((one) => ({ ...one, header: { kid: STRANGER.kid } })),
        }),
    ],
    ["with its signature changed", (request) => listed(flippedSignature(request))],
  ])("%s, is not taken in, and not answered again", async (_, again) => {
    const { request, view } = await accepted();
    siege.lists(await again(request, view));
    expect(await siege.look()).toEqual([]);
    expect(await siege.stored()).toMatchObject([{ state: "delivered", brokerId: view.id }]);
    expect(await sayYes(view)).toEqual({ ok: false, refusal: "not_pending" });
    expect(siege.broker.count("Respond")).toBe(1);
  });

  it("in an envelope that the broker made around it, is refused", async () => {
    const { request } = await accepted();
    const jwe = await encryptJws(request, TYP.request, [siege.who.encryption]);
    siege.lists(listed(jwe, { PostedBy: siege.who.bank.kid }));
    expect(await siege.look()).toEqual([]);
    expect((await siege.stored()).map(({ state }) => state)).toEqual(["delivered", "refused"]);
  });

  it("encrypted, in an envelope made anew by its own sender, is not taken in", async () => {
    const { inner, jwe } = await secretRequest(siege.who.bank, [siege.who.encryption]);
    siege.lists(listed(jwe, { PostedBy: siege.who.bank.kid }));
    expect(await sayYes(await only())).toEqual({ ok: true });
    const again = await encryptJws(inner, TYP.request, [siege.who.encryption]);
    siege.lists(listed(again, { PostedBy: siege.who.bank.kid }));
    expect(await siege.look()).toEqual([]);
    expect(await siege.stored()).toHaveLength(1);
  });

  it("to another account, is refused there as well", async () => {
    const { request } = await accepted();
    const bob = { account: "bob@example.com", broker: siege.account.broker };
    siege.lists(listed(request, { ResponderAccount: bob.account }));
    await poll(siege.ports, bob);
    expect(await siege.who.inbox.list(bob)).toMatchObject([{ state: "refused", refusal: { reason: "other_account" } }]);
  });

  it("after its time, on another device that never saw it, is over", async () => {
    const { request } = await accepted();
    const second = await besiege();
    second.who.clock.pass(6 * MINUTE);
    second.lists(listed(request));
    expect(await second.look()).toEqual([]);
    await second.close();
  });
});

describe("a list that contradicts itself", () => {
  it("with one digest twice in a page, under two BrokerIDs, shows it once", async () => {
    const request = await signedRequest(siege.who.bank);
    siege.lists(listed(request), listed(request));
    expect(await siege.look()).toHaveLength(1);
  });

  it("with one BrokerID for two requests: each answer holds the request that was on the screen", async () => {
    const [small, large] = [
      await signedRequest(siege.who.bank, { text: { heading: "Pay 1 EUR" } }),
      await signedRequest(siege.who.bank, { text: { heading: "Pay 9,999 EUR" } }),
    ];
    siege.lists(listed(small, { BrokerID: "RBSAME" }), listed(large, { BrokerID: "RBSAME" }));
    const views = await siege.look();
    const shown = views.find(({ srml }) => srml.heading === "Pay 1 EUR");
    if (shown === undefined) throw new Error("It is not there.");
    expect(await sayYes(shown)).toEqual({ ok: true });
    const stored = await siege.who.inbox.get(siege.account, shown.digest);
    const answer = await openResponse(inClear(stored?.answer?.jws));
    expect(answer.signedRequest).toMatchObject({ payload: small.payload });
  });

  it("that used the BrokerID of a request on the screen for another: the decision does not move to that one", async () => {
    siege.lists(listed(await signedRequest(siege.who.bank), { BrokerID: "RBSAME" }));
    const shown = await only();
    await present(siege.ports, shown);
    const other = await signedRequest(siege.who.bank, { text: { heading: "Pay 9,999 EUR" } });
    siege.lists(listed(other, { BrokerID: "RBSAME" }));
    const late = (await siege.look()).find(({ digest }) => digest !== shown.digest);
    siege.who.clock.pass(SECOND);
    expect(await decide(siege.ports, { ...yes(shown), digest: late?.digest ?? "" }, RULES)).toEqual({
      ok: false,
      refusal: "not_presented",
    });
  });

  it("in pages without end is left after a bounded number of calls, and nothing is withdrawn for it", async () => {
    siege.lists(listed(await signedRequest(siege.who.bank)));
    const shown = await only();
    let place = 0;
    const one = listed(await signedRequest(siege.who.bank));
    siege.broker.says.set("Pending", () => {
      place += 1;
      return { PendingResponse: { Status: 201, More: true, Entries: [{ ...one, Sequence: 1000 + place }] } };
    });
    await siege.look();
    expect(place).toBeLessThanOrEqual(20);
    expect(await siege.who.inbox.get(siege.account, shown.digest)).toMatchObject({ state: "verified" });
  });

  it("whose pages lead in a circle is left at the first step back", async () => {
    const entry = listed(await signedRequest(siege.who.bank));
    let calls = 0;
    siege.broker.says.set("Pending", () => {
      calls += 1;
      return {
        PendingResponse: { Status: 201, More: true, Entries: [{ ...entry, Sequence: calls % 2 === 0 ? 5 : 6 }] },
      };
    });
    await siege.look();
    expect(calls).toBe(2);
  });

  it("of 100,000 entries in one answer is not read at all", async () => {
    const patient = await besiege({ timeoutMs: 50_000 });
    const entry = listed(await signedRequest(patient.who.bank));
    const small = { ...entry, Request: { payload: "", signatures: [{ protected: "", signature: "" }] } };
    patient.broker.says.set("Pending", () => ({
      PendingResponse: { Status: 201, Entries: Array.from({ length: 100_000 }, () => small) },
    }));
    await expect(patient.look()).rejects.toMatchObject({ code: "malformed" });
    patient.broker.says.set("Pending", () => ({
      PendingResponse: { Status: 201, Entries: Array.from({ length: 101 }, () => entry) },
    }));
    await expect(patient.look()).rejects.toMatchObject({ code: "malformed" });
    expect(await patient.stored()).toEqual([]);
    await patient.close();
  });

  it.each([1e15, -1, 0.5, "soon"])(
    "with a RetryAfter of %s makes nobody wait: the next poll asks as ever",
    async (after) => {
      siege.broker.says.set("Pending", () => ({ PendingResponse: { Status: 429, RetryAfter: after } }));
      await expect(siege.look()).rejects.toMatchObject({ code: "malformed" });
      siege.lists(listed(await signedRequest(siege.who.bank)));
      expect(await siege.look()).toHaveLength(1);
    },
  );
});

describe("a withdrawal that the broker made up", () => {
  it("is not believed while its own list has the request", async () => {
    siege.lists(listed(await signedRequest(siege.who.bank)));
    const shown = await only();
    siege.broker.says.set("Status", () => status(shown.id, "ECANCEL"));
    await withdrawIfConfirmed(siege.ports, siege.account, shown.id);
    expect(await siege.look()).toHaveLength(1);
  });

  it("is not believed while its own Status says that it is pending", async () => {
    siege.lists(listed(await signedRequest(siege.who.bank)));
    const shown = await only();
    siege.lists();
    siege.broker.says.set("Status", () => status(shown.id, "PENDING"));
    expect(await siege.look()).toHaveLength(1);
  });

  it("takes nothing from an answer that is signed: it is kept, and offered", async () => {
    siege.lists(listed(await signedRequest(siege.who.bank)));
    const shown = await only();
    expect(await sayYes(shown)).toEqual({ ok: true });
    siege.lists();
    siege.broker.says.set("Status", () => status(shown.id, "ECANCEL"));
    await withdrawIfConfirmed(siege.ports, siege.account, shown.id);
    await siege.look();
    expect(await viewResult(siege.ports, shown)).toMatchObject({ kind: "answered", value: true });
  });

  it("of a Status without end, or of another request, withdraws at most, and never answers", async () => {
    siege.lists(listed(await signedRequest(siege.who.bank)));
    const shown = await only();
    siege.lists();
    siege.broker.says.set("Status", () => status("RBOTHER", "REPLY"));
    await siege.look();
    expect(await viewResult(siege.ports, shown)).toMatchObject({ kind: "withdrawn" });
    expect(siege.broker.count("Respond")).toBe(0);
  });
});

function status(BrokerID: string, RequestStatus: string): object {
  return { StatusResponse: { Status: 201, Response: { BrokerID, RequestStatus } } };
}

describe("answers that are withheld", () => {
  it("are kept and offered again: an unsigned 201 by somebody in between delivers nothing", async () => {
    siege.lists(listed(await signedRequest(siege.who.bank)));
    const shown = await only();
    await sayYes(shown);
    siege.broker.wire.behaviour = (_, response) => sendJson(response, { RespondResponse: { Status: 201 } });
    for (let tries = 1; tries <= 3; tries++) {
      await deliverDue(siege.ports, siege.account, () => SECOND);
      siege.who.clock.pass(SECOND);
      expect(await viewResult(siege.ports, shown)).toMatchObject({ delivery: undefined, attempts: tries });
    }
  });
});

describe("a key that the broker changed", () => {
  const attacks: readonly [string, (next: PublicJwk) => Promise<object>][] = [
    ["without a word of the pinned one", async (ServiceKey) => ({ ServiceKey })],
    [
      "by the new key's own word",
      async (ServiceKey) => ({
        ServiceKey,
        NextServiceKey: await signNextServiceKey(siege.broker.service, ServiceKey, SOME_TIME),
      }),
    ],
    [
      "by a stranger's word",
      async (ServiceKey) => ({
        ServiceKey,
        NextServiceKey: await signNextServiceKey(STRANGER, ServiceKey, SOME_TIME),
      }),
    ],
    [
      "by the pinned one's word for another key",
      async (ServiceKey) => ({
        ServiceKey,
        NextServiceKey: await signNextServiceKey(STRANGER, STRANGER.jwk, SOME_TIME),
      }),
    ],
  ];
  it.each(attacks)("%s, is an alarm: nothing is adopted, taken in or handed over", async (_, hello) => {
    const pinned = await newKey();
    const usurped = await besiege({ pinned });
    const more = await hello(usurped.who.service.jwk);
    usurped.broker.says.set("Hello", () => ({ HelloResponse: { Status: 201, ...more } }));
    usurped.lists(listed(await signedRequest(usurped.who.bank)));
    await expect(usurped.look()).rejects.toMatchObject({ code: "wrong_key" });
    expect(await usurped.ports.keys.serviceKid(usurped.account)).toBe(pinned.kid);
    expect(await usurped.stored()).toEqual([]);
    await usurped.close();
  });
});

describe("a Profile that the broker made up", () => {
  it("for a stranger's key is shown as the broker's word and no more, and never for another domain", async () => {
    const neighbour = "bob@example.com";
    siege.broker.profiles = [await profileOf(STRANGER, neighbour)];
    siege.lists(listed(await signedRequest(STRANGER, { fromId: neighbour })));
    expect((await only()).sender).toMatchObject({ trust: "local", fromId: neighbour });
    siege.broker.profiles = [await profileOf(STRANGER, BANK)];
    siege.lists(listed(await signedRequest(STRANGER, { fromId: BANK })));
    expect((await siege.look()).find(({ sender }) => sender.fromId === BANK)?.sender.trust).toBe("unverified");
  });

  it("without the signature of the key that it names vouches for nobody", async () => {
    const neighbour = "bob@example.com";
    siege.broker.profiles = [flippedSignature(await profileOf(STRANGER, neighbour))];
    siege.lists(listed(await signedRequest(STRANGER, { fromId: neighbour })));
    expect((await only()).sender.trust).toBe("unverified");
  });
});

describe("a broker that lets everything hang", () => {
  it("asked about a sender is given up, and the request is shown as unverified", async () => {
    const hung = await besiege({ timeoutMs: 300 });
    hung.broker.silent.add("Profile");
    hung.lists(listed(await signedRequest(STRANGER, { fromId: "bob@example.com" })));
    expect((await hung.look()).map(({ sender }) => sender.trust)).toEqual(["unverified"]);
    await hung.close();
  });

  it("is not asked about the sender of a request that is over already", async () => {
    const old = await signedRequest(STRANGER, { fromId: "bob@example.com", created: SOME_TIME - 6 * MINUTE });
    siege.lists(listed(old));
    await siege.look();
    expect(siege.broker.count("Profile")).toBe(0);
  });

  it.each<[string, string, (write: (text: string) => void) => void]>([
    ["headers without end", "unreachable", (write) => write(`X-Filler: ${"a".repeat(4096)}\r\n`)],
    ["a header a byte at a time", "timeout", (write) => write("X")],
  ])("by %s is given up (%s)", async (_, code, drip) => {
    const hung = await besiege({ timeoutMs: 1000 });
    hung.broker.wire.behaviour = (_, { socket }) => {
      socket?.write("HTTP/1.1 200 OK\r\n");
      const pump = setInterval(() => drip((text) => socket?.write(text)), 2);
      socket?.on("close", () => clearInterval(pump));
    };
    await expect(hung.look()).rejects.toMatchObject({ code });
    await hung.close();
  });

  it("by a signed answer to another call, or to the same call twice, is not believed", async () => {
    let first: string | undefined;
    siege.broker.wire.behaviour = async (call, response) => {
      const entries = [listed(await signedRequest(siege.who.bank))];
      first ??= await signedAnswer(siege.who.service, call, { PendingResponse: { Status: 201, Entries: entries } });
      sendJson(response, first);
    };
    await expect(siege.look()).rejects.toMatchObject({ code: "not_signed" });
    await expect(siege.look()).rejects.toMatchObject({ code: "not_signed" });
    expect(await siege.stored()).toEqual([]);
  });
});

describe("a plain draft peer's request, which signs no dates", () => {
  it("is not played again, not even after its 24 hours", async () => {
    const request = foreignRequest(foreignKey(), undefined, null);
    siege.lists(listed(request));
    expect(await siege.look()).toHaveLength(1);
    siege.who.clock.pass(2 * DAY);
    siege.lists(listed(request));
    expect(await siege.look()).toEqual([]);
  });
});
