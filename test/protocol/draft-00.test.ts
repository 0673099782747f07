/** The flat messages of draft -00: read into the one model, and a status written flat. */
import { describe, expect, it } from "vitest";
import {
  FlatStatusResponse,
  type JsonObject,
  type JsonValue,
  readRequest,
  readResponse,
  REQUEST_STATUSES,
  scanJson,
  writeStatus,
} from "../../src/protocol/index.ts";
import { refusalCode } from "../support/refusal.ts";

const jws = { payload: "e30", signatures: [{ protected: "e30", signature: "AA", header: { kid: "MAAAA" } }] };
const brokerId = "RA34N-BQ33V-V37UM-5PQFK-EMCSG-RZO54";
const BOB = "bob@example.com";
const Expire = "2026-11-01T00:00:00Z";

describe("a flat request", () => {
  const flat = { Request: jws, Responder: BOB, Expire, EnquirerID: "one", Portal: "example.com" };

  it.each(["Enquire", "EnquireRequest"])("to ask (%s) becomes the model of a nested one", (tag) => {
    expect(readRequest({ [tag]: flat })).toEqual({
      transaction: "Enquire",
      draft: "00",
      body: {
        Portal: "example.com",
        Request: { Request: jws, ResponderAccount: BOB, Responder: BOB, Expire, EnquirerID: "one" },
      },
    });
  });

  it.each(["Respond", "RespondRequest"])("to answer (%s) becomes a reply without a BrokerID", (tag) => {
    expect(readRequest({ [tag]: { Response: jws } })).toEqual({
      transaction: "Respond",
      draft: "00",
      body: { Response: { RequestStatus: "REPLY", Response: jws } },
    });
  });

  it("with a ResponderAccount beside keeps both names, for the broker to compare", () => {
    const { body } = readRequest({ Enquire: { ...flat, ResponderAccount: "eve@example.com" } });
    expect(body).toMatchObject({ Request: { Responder: BOB, ResponderAccount: "eve@example.com" } });
  });

  it("drops what it does not know, in the signed message too", () => {
    const noisy = { ...flat, Note: 1, Request: { ...jws, unprotected: { dig: "S512" } } };
    expect(readRequest({ Enquire: noisy })).toEqual(readRequest({ Enquire: flat }));
  });

  it.each<[string, JsonValue, RegExp]>([
    ["without Responder", { Enquire: { Request: jws } }, /^Enquire\.Responder is missing/],
    ["with an Expire that is no date", { Enquire: { ...flat, Expire: "soon" } }, /20 to 35 characters/],
    ["with two signatures", { Enquire: { ...flat, Request: { ...jws, signatures: [1, 2] } } }, /1 to 1 items/],
    ["with a signature that is none", { Respond: { Response: { payload: "e30" } } }, /signatures is missing/],
  ])("is refused %s, by its own names", (_, value, sentence) => {
    expect(() => readRequest(value)).toThrow(sentence);
  });

  it("is told from a nested one by what Request and Response hold", () => {
    const nested = { Request: { Request: jws, ResponderAccount: BOB } };
    expect(readRequest({ Enquire: nested }).draft).toBe("01");
    const answer = { Response: { BrokerID: brokerId, RequestStatus: "Reply", Response: jws } };
    expect(readRequest({ Respond: answer }).draft).toBe("01");
  });

  it.each<[string, JsonValue]>([
    ["nothing", {}],
    ["a text", { Request: "e30" }],
    ["an array", { Request: [jws] }],
    ["null", { Request: null }],
  ])("is neither with %s", async (_, body) => {
    expect(await refusalCode(() => readRequest({ Enquire: body }))).toBe("shape");
  });
});

describe("a flat status", () => {
  const tag = (text: string) => (scanJson(text, 10_000) as JsonObject)["StatusResponse"] ?? null;
  const body = (RequestStatus: (typeof REQUEST_STATUSES)[number], more: object = {}) => ({
    Status: 201,
    StatusDescription: "done",
    Response: { BrokerID: brokerId, EnquirerID: "one", RequestStatus, ...more },
  });

  it("has the state and the answer beside each other, and no entry", () => {
    expect(tag(writeStatus(body("REPLY", { Response: jws }), "00"))).toEqual({
      Status: 201,
      StatusDescription: "done",
      RequestStatus: "REPLY",
      Response: jws,
    });
  });

  it.each(REQUEST_STATUSES)("says %s in a word that -00 knows", (state) => {
    const said = FlatStatusResponse.read(tag(writeStatus(body(state), "00")), "").RequestStatus;
    expect(said).toBe(state === "EXPIRED" ? "BCANCEL" : state);
  });

  it("is nested in -01, with every state as it is", () => {
    for (const state of REQUEST_STATUSES) expect(tag(writeStatus(body(state), "01"))).toEqual(body(state));
  });

  it("is read back by whoever reads -01, with what stands beside it", () => {
    const Stamp = { payload: "e30", protected: "e30", signature: "AA" };
    const flat = { Status: 201, RequestStatus: "Reply", Response: jws, Stamp };
    expect(readResponse("Status", { StatusResponse: flat })).toEqual({
      Status: 201,
      Response: { RequestStatus: "REPLY", Response: jws },
      Stamp,
    });
  });

  it("that says nothing of the request stays a status", () => {
    expect(tag(writeStatus({ Status: 404 }, "00"))).toEqual({ Status: 404 });
  });
});

describe("a list of pending requests", () => {
  it("whose entries name the account as -00 does is read", () => {
    const entry = { Request: jws, Responder: BOB, Expire, EnquirerID: "one", BrokerID: brokerId };
    expect(readResponse("Pending", { PendingResponse: { Status: 201, Entries: [entry] } })).toEqual({
      Status: 201,
      Entries: [{ ...entry, ResponderAccount: BOB }],
    });
  });

  it("takes no entry that names no account, and those beside it in the form of each", () => {
    const flat = { Request: jws, Responder: BOB, BrokerID: brokerId };
    const nested = { Request: jws, ResponderAccount: BOB, BrokerID: brokerId };
    const Entries = [{ Request: jws }, nested, flat];
    expect(readResponse("Pending", { PendingResponse: { Status: 201, Entries } })).toEqual({
      Status: 201,
      Entries: [nested, { ...flat, ResponderAccount: BOB }],
    });
  });
});
