/** Pending: every combination of BrokerID, MaxResponse, BeforeId and AfterId, places in both forms, and other accounts. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../../src/broker/index.ts";
import type { JsonObject } from "../../../src/protocol/index.ts";
import { startTestBroker, type TestBroker, type TestDevice } from "../../support/broker.ts";
import { fakeClock } from "../../support/fake-clock.ts";
import { ALICE, newKey, signedRequest } from "../../support/signing.ts";

const BOB = "bob@example.com";
const clock = fakeClock();

interface Place {
  readonly id: string;
  readonly sequence: number;
}

let broker: TestBroker;
let alice: TestDevice;
let bob: TestDevice;
/** Alice's requests, oldest first, of which the first is over; Bob's lie between them. */
let hers: readonly Place[];
let his: readonly Place[];

const list = (device: TestDevice, more: object = {}) =>
  broker.signed(device.key, { PendingRequest: { Responder: device.account, ...more } });
const entriesOf = ({ body }: { readonly body: JsonObject }) => body["Entries"] as readonly JsonObject[];
const idsOf = async (more: object, device = alice) => entriesOf(await list(device, more)).map((one) => one["BrokerID"]);

beforeAll(async () => {
  const policy = { ...DEFAULT_POLICY, limits: undefined };
  broker = await startTestBroker({ clock: clock.read, policy });
  [alice, bob] = [await broker.connect(ALICE), await broker.connect(BOB)];
  const key = await newKey();
  const post = async (account: string): Promise<string> => {
    const Request = await signedRequest(key, { toId: account, created: clock.read() });
    const answer = await broker.plain({ EnquireRequest: { Request: { Request, ResponderAccount: account } } });
    const id = answer.body["BrokerID"];
    if (typeof id !== "string") throw new Error(answer.sentence);
    return id;
  };
  const ids: Record<string, string[]> = { [ALICE]: [], [BOB]: [] };
  for (let count = 0; count < 6; count++) {
    for (const account of [ALICE, BOB]) ids[account]?.push(await post(account));
  }
  const places = async (account: string): Promise<readonly Place[]> =>
    Promise.all(
      (ids[account] ?? []).map(async (id) => ({ id, sequence: (await broker.store.request(id))?.sequence ?? -1 })),
    );
  [hers, his] = [await places(ALICE), await places(BOB)];
  await broker.plain({ StatusRequest: { BrokerID: hers[0]?.id ?? "", Cancel: true } });
});
afterAll(() => broker.stop());

const at = (places: readonly Place[], index: number): Place => {
  const place = places[index];
  if (place === undefined) throw new Error("no such place");
  return place;
};

type Form = "none" | "Sequence" | "BrokerID";
const FORMS: readonly Form[] = ["none", "Sequence", "BrokerID"];
const member = (name: string, form: Form, { id, sequence }: Place): object =>
  form === "none" ? {} : { [name]: form === "Sequence" ? sequence : id };

const COMBINATIONS = FORMS.flatMap((after) =>
  FORMS.flatMap((before) =>
    [undefined, 1, 2, 100].flatMap((most) =>
      [undefined, 0, 3, 4].map((only) => ({ after, before, most, only }) as const),
    ),
  ),
);

describe("a list of pending requests", () => {
  it.each([
    [1, 5],
    [4, 2],
  ])("after the request %i and before %i, in every form and combination", async (low, high) => {
    for (const { after, before, most, only } of COMBINATIONS) {
      const expected = hers
        .map(({ id }, index) => ({ id, index }))
        .filter(({ index }) => index > 0)
        .filter(({ index }) => after === "none" || index > low)
        .filter(({ index }) => before === "none" || index < high)
        .filter(({ index }) => only === undefined || index === only)
        .slice(0, most)
        .map(({ id }) => id);
      const query = {
        ...member("AfterId", after, at(hers, low)),
        ...member("BeforeId", before, at(hers, high)),
        ...(most === undefined ? {} : { MaxResponse: most }),
        ...(only === undefined ? {} : { BrokerID: at(hers, only).id }),
      };
      expect(await idsOf(query), JSON.stringify(query)).toEqual(expected);
    }
  });

  it("says that there are more, only where there are", async () => {
    const more = async (query: object) => (await list(alice, query)).body["More"];
    expect(await more({ MaxResponse: 4 })).toBe(true);
    expect(await more({ MaxResponse: 5 })).toBeUndefined();
    expect(await more({ MaxResponse: 4, AfterId: at(hers, 1).sequence })).toBeUndefined();
    expect(await more({ MaxResponse: 1, BrokerID: at(hers, 3).id })).toBeUndefined();
  });

  it("can be read page by page to its end", async () => {
    const seen: unknown[] = [];
    for (let after: unknown; ;) {
      const answer = await list(alice, { MaxResponse: 2, ...(after === undefined ? {} : { AfterId: after }) });
      seen.push(...entriesOf(answer).map((entry) => entry["BrokerID"]));
      after = entriesOf(answer).at(-1)?.["Sequence"];
      if (answer.body["More"] !== true) break;
    }
    expect(seen).toEqual(hers.slice(1).map(({ id }) => id));
  });

  it("takes a request that is over as a place, but does not list it", async () => {
    const over = at(hers, 0);
    for (const AfterId of [over.id, over.sequence]) expect(await idsOf({ AfterId })).toHaveLength(5);
    expect(await idsOf({ BrokerID: over.id })).toEqual([]);
  });

  it("has nothing of another account, by whatever it is asked for", async () => {
    expect(await idsOf({ BrokerID: at(his, 2).id })).toEqual([]);
    const unknown = await list(alice, { AfterId: "AAAAA-BBBBB" });
    for (const name of ["AfterId", "BeforeId"]) {
      // The same words for a request of somebody else and for none: nobody learns which BrokerIDs there are.
      expect(await list(alice, { [name]: at(his, 2).id })).toEqual(unknown);
    }
    expect(unknown.status).toBe(404);
    // A number is a place in the order of all; it tells nothing of whose request has it.
    expect(await idsOf({ AfterId: at(his, 2).sequence })).toEqual(hers.slice(3).map(({ id }) => id));
  });

  it("is for a device of the account, which the call must be signed by", async () => {
    expect((await list(bob, { Responder: ALICE })).status).toBe(403);
    expect((await broker.plain({ PendingRequest: { Responder: ALICE } })).status).toBe(401);
    expect(await idsOf({}, bob)).toEqual(his.map(({ id }) => id));
  });

  it.each(["Pending", "PendingRequest"])("is asked for as %s, and answered as PendingResponse", async (tag) => {
    const answer = await broker.signed(alice.key, { [tag]: { Responder: ALICE, Portal: "example.com", Note: 1 } });
    expect(answer).toMatchObject({ tag: "PendingResponse", status: 201 });
  });

  it.each([
    ["a place that is negative", { AfterId: -1 }],
    ["a place that is no number and no BrokerID", { BeforeId: "the last" }],
    ["a place that is both", { AfterId: ["RA34N", 1] }],
    ["more than a hundred", { MaxResponse: 101 }],
    ["a count in words", { MaxResponse: "2" }],
    ["half a request", { MaxResponse: 1.5 }],
  ])("is 400 for %s", async (_, more) => {
    expect(await list(alice, more)).toMatchObject({ tag: "PendingResponse", status: 400 });
  });
});

describe("an EnquirerID with a control character", () => {
  // A store may end a text at its first NUL: an entry without its EnquirerID would make the whole list unreadable.
  it.each(["\u0000", "question\u0000-1", "question\n", "\u007f", "\u0085"])(
    "%j is refused, signed or in the envelope",
    async (id) => {
      const key = await newKey();
      const before = await idsOf({});
      for (const [signed, outer] of [
        [id, {}],
        ["question-of-its-own", { EnquirerID: id }],
      ] as const) {
        const Request = await signedRequest(key, { enquirerId: signed, created: clock.read() });
        const entry = { Request, ResponderAccount: ALICE, ...outer };
        expect((await broker.plain({ EnquireRequest: { Request: entry } })).status).toBe(400);
      }
      expect(await idsOf({})).toEqual(before);
    },
  );
});
