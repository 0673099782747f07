/** Messages by their tags: the long ones of -01, the short ones of the 2017 reference, and nothing else. */
import { describe, expect, it } from "vitest";
import {
  type JsonValue,
  readRequest,
  readResponse,
  REQUESTS,
  RESPONSES,
  scanJson,
  type Transaction,
  writeOutcome,
  writeRequest,
  writeResponse,
} from "../../src/protocol/index.ts";
import { refusalCode } from "../support/refusal.ts";

const jws = { payload: "e30", signatures: [{ protected: "e30", signature: "AA", header: { kid: "MAAAA" } }] };
const brokerId = "RA34N-BQ33V-V37UM-5PQFK-EMCSG-RZO54";

/** The smallest body of each request. */
const SMALLEST: Readonly<Record<Transaction, JsonValue>> = {
  Hello: {},
  Enquire: { Request: { Request: jws, ResponderAccount: "bob@example.com" } },
  Status: { BrokerID: brokerId },
  Pending: { Responder: "bob@example.com" },
  Respond: { Response: { BrokerID: brokerId, RequestStatus: "REPLY", Response: jws } },
  Connect: { Account: "bob@example.com", DeviceName: "laptop", DeviceProfile: jws },
  Profile: { Account: "bob@example.com" },
  Policy: { Responder: "bob@example.com" },
  Devices: { Responder: "bob@example.com" },
  Subscribe: { Responder: "bob@example.com" },
};
const TRANSACTIONS = Object.keys(SMALLEST) as Transaction[];

describe("readRequest", () => {
  it.each(TRANSACTIONS)("reads %s by its class tag and by its short tag", (transaction) => {
    const body = SMALLEST[transaction];
    const message = { transaction, draft: "01", body };
    expect(readRequest({ [`${transaction}Request`]: body })).toEqual(message);
    expect(readRequest({ [transaction]: body })).toEqual(message);
  });

  it("knows every request", () => {
    expect(Object.keys(REQUESTS)).toEqual(TRANSACTIONS.map((name) => `${name}Request`));
  });

  it.each<[string, JsonValue]>([
    ["no member", {}],
    ["an unknown tag", { TransferRequest: {} }],
    ["a response's tag", { HelloResponse: { Status: 201 } }],
    ["a tag in another case", { hellorequest: {} }],
    ["the word Request alone", { Request: {} }],
    ["two tags", { HelloRequest: {}, StatusRequest: { BrokerID: brokerId } }],
    ["a tag and another member", { HelloRequest: {}, Note: "x" }],
    ["the long and the short tag of one transaction", { HelloRequest: {}, Hello: {} }],
    ["an array", [{ HelloRequest: {} }]],
    ["a string", "HelloRequest"],
    ["null", null],
  ])("refuses %s", async (_, value) => {
    expect(await refusalCode(() => readRequest(value))).toBe("unknown_tag");
  });

  it.each<[string, JsonValue, string]>([
    ["a body that is no object", { HelloRequest: 1 }, "shape"],
    ["a body that is null", { HelloRequest: null }, "shape"],
    ["a missing member", { StatusRequest: {} }, "shape"],
    ["a member of the wrong type", { StatusRequest: { BrokerID: 5 } }, "shape"],
    ["a BrokerID with other characters", { StatusRequest: { BrokerID: "../etc" } }, "shape"],
    ["a wait longer than a minute", { StatusRequest: { BrokerID: brokerId, Wait: 61 } }, "shape"],
    ["a wait that is negative", { StatusRequest: { BrokerID: brokerId, Wait: -1 } }, "shape"],
    ["a cancel that is a word", { StatusRequest: { BrokerID: brokerId, Cancel: "true" } }, "shape"],
    ["an account that is none", { ProfileRequest: { Account: "bob" } }, "account"],
    ["more entries than one answer holds", { PendingRequest: { Responder: "b@c.de", MaxResponse: 101 } }, "shape"],
    ["no entries asked for", { PendingRequest: { Responder: "b@c.de", MaxResponse: 0 } }, "shape"],
    [
      "a date in another zone",
      {
        EnquireRequest: { Request: { Request: jws, ResponderAccount: "b@c.de", Expire: "2026-11-01T00:00:00+01:00" } },
      },
      "time",
    ],
    [
      "a status that no request can have",
      { RespondRequest: { Response: { BrokerID: brokerId, RequestStatus: "MAYBE" } } },
      "shape",
    ],
    [
      "a proof of another length",
      { ConnectRequest: { Account: "b@c.de", DeviceName: "x", DeviceProfile: jws, Proof: "AA" } },
      "shape",
    ],
  ])("refuses %s", async (_, value, code) => {
    expect(await refusalCode(() => readRequest(value))).toBe(code);
  });

  it("drops members that it does not know, at every level", () => {
    const { body } = readRequest({
      Enquire: {
        Request: {
          Request: {
            payload: "e30",
            note: 1,
            signatures: [{ protected: "e30", signature: "AA", header: { kid: "MAAAA", alg: "none" }, note: 1 }],
          },
          ResponderAccount: "bob@example.com",
          Note: 1,
        },
        Note: 1,
      },
    });
    expect(body).toEqual(SMALLEST.Enquire);
  });

  it("reads an entry's place as a number, as in -01, or as a BrokerID, as in -00", () => {
    const after = (AfterId: JsonValue) => readRequest({ Pending: { Responder: "bob@example.com", AfterId } }).body;
    expect(after(7)).toMatchObject({ AfterId: 7 });
    expect(after(brokerId)).toMatchObject({ AfterId: brokerId });
  });

  it("reads what writeRequest writes", () => {
    const body = { BrokerID: brokerId, Wait: 30, Cancel: true };
    expect(readRequest(scanJson(writeRequest("Status", body), 1000))).toEqual({
      transaction: "Status",
      draft: "01",
      body,
    });
  });
});

describe("readResponse", () => {
  it("reads the response to its transaction", () => {
    const body = { Status: 201, StatusDescription: "Operation completed successfully", BrokerID: brokerId };
    expect(readResponse("Enquire", scanJson(writeResponse("Enquire", body), 1000))).toEqual(body);
  });

  it("reads a bare ConfirmResponse as the response to any transaction", () => {
    const outcome = { Status: 429, StatusDescription: "Too many; try again later", RetryAfter: 30 };
    for (const transaction of TRANSACTIONS) {
      expect(readResponse(transaction, scanJson(writeOutcome(outcome), 1000))).toEqual(outcome);
    }
  });

  it("knows a response to every request", () => {
    expect(Object.keys(RESPONSES)).toEqual(["ConfirmResponse", ...TRANSACTIONS.map((name) => `${name}Response`)]);
  });

  it.each<[string, JsonValue]>([
    ["the response to another transaction", { StatusResponse: { Status: 201 } }],
    ["the request itself", { EnquireRequest: SMALLEST.Enquire }],
    ["two tags", { EnquireResponse: { Status: 201 }, ConfirmResponse: { Status: 500 } }],
    ["no tag", {}],
    ["an array", []],
    ["null", null],
  ])("refuses %s", async (_, value) => {
    expect(await refusalCode(() => readResponse("Enquire", value))).toBe("unknown_tag");
  });

  it.each<[string, JsonValue]>([
    ["no status", {}],
    ["a status in a string", { Status: "201" }],
    ["a status that HTTP does not have", { Status: 99 }],
    ["a BrokerID that is a number", { Status: 201, BrokerID: 7 }],
    ["a description beyond all measure", { Status: 201, StatusDescription: "x".repeat(1001) }],
  ])("refuses %s", async (_, value) => {
    expect(await refusalCode(() => readResponse("Enquire", { EnquireResponse: value }))).toBe("shape");
  });

  it("reads a status in any case, since the examples of the draft say Reply", () => {
    const Response = { BrokerID: brokerId, RequestStatus: "Reply", Response: jws };
    expect(readResponse("Status", { StatusResponse: { Status: 201, Response } })).toMatchObject({
      Response: { RequestStatus: "REPLY" },
    });
  });
});
