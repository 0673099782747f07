/** The limits fit each other: what one side may make, the other can read. */
import { describe, expect, it } from "vitest";
import {
  newSigningPair,
  openCall,
  openResponse,
  readCall,
  sealCall,
  signingKeyOf,
  signRequest,
  signResponse,
} from "../../src/crypto/index.ts";
import { type Jws, LIMITS, readRequest, scanJson, writeRequest } from "../../src/protocol/index.ts";

const NOW = Date.UTC(2026, 10, 1, 12, 0, 0);
const URL = "https://example.com/.well-known/confirm";
const BROKER_ID = "RA34N-BQ33V-V37UM-5PQFK-EMCSG-RZO54";
const key = await signingKeyOf(await newSigningPair({ extractable: false }));

const requestWith = (text: string) =>
  signRequest(key, {
    text,
    fromId: "alice@example.net",
    toId: "bob@example.com",
    enquirerId: "e".repeat(64),
    created: NOW,
    expire: NOW + LIMITS.lifeMs,
  });

/** A signed request of as many bytes as one may have, less a few that base64 does not hit. */
async function largestRequest(): Promise<Jws> {
  const short = JSON.stringify(await requestWith("x")).length;
  const jws = await requestWith("x".repeat(Math.floor(((LIMITS.requestBytes - short) * 3) / 4) - 3));
  const { length } = JSON.stringify(jws);
  expect(length).toBeLessThanOrEqual(LIMITS.requestBytes);
  expect(length).toBeGreaterThan(LIMITS.requestBytes - 16);
  return jws;
}

/** What the broker finds in a call that carries a message, through every bound on the way. */
async function throughCall(message: string) {
  const { body } = await sealCall(key, { url: URL, message, now: NOW });
  const { payload } = await openCall(await readCall(body), { urls: [URL], now: NOW });
  return readRequest(scanJson(payload, LIMITS.messageBytes)).body;
}

describe("the largest request", () => {
  it("fits in an authenticated Enquire", async () => {
    const entry = { Request: await largestRequest(), ResponderAccount: "bob@example.com", EnquirerID: "e".repeat(64) };
    expect(await throughCall(writeRequest("Enquire", { Request: entry }))).toEqual({ Request: entry });
  });

  it("fits, inside the signed answer to it, in an authenticated Respond", async () => {
    const answer = { signedRequest: await largestRequest(), value: true, choice: "c".repeat(64), created: NOW };
    const Response = await signResponse(key, answer);
    expect((await openResponse(Response)).signedRequest).toEqual(answer.signedRequest);
    const entry = { BrokerID: BROKER_ID, RequestStatus: "REPLY", Response } as const;
    expect(await throughCall(writeRequest("Respond", { Response: entry }))).toEqual({ Response: entry });
  });
});

describe("the limits", () => {
  it("let no request live longer than a signed one may", () => {
    expect(LIMITS.undatedLifeMs).toBeLessThanOrEqual(LIMITS.lifeMs);
    expect(LIMITS.defaultLifeMs).toBeLessThanOrEqual(LIMITS.lifeMs);
  });

  it("let a client wait less long than its call is valid", () => {
    expect(LIMITS.waitSeconds * 1000).toBeLessThan(LIMITS.clockSkewMs);
  });

  it("bound what is inside by what is around it", () => {
    expect(LIMITS.requestBytes).toBeLessThan(LIMITS.messageBytes);
    expect(LIMITS.messageBytes).toBeLessThan(LIMITS.receiptBytes);
    expect(LIMITS.receiptBytes).toBeLessThan(LIMITS.answerBytes);
  });
});
