/** A whole confirmation through the broker, without a browser. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openResponse, openStamp, requestDigest, signResponse } from "../../../src/crypto/index.ts";
import type { FlattenedJws, Jws, JsonObject } from "../../../src/protocol/index.ts";
import { startTestBroker, type TestBroker } from "../../support/broker.ts";
import { fakeClock, SECOND } from "../../support/fake-clock.ts";
import { ALICE, newKey, signedRequest } from "../../support/signing.ts";

describe("a confirmation", () => {
  const clock = fakeClock();
  let broker: TestBroker;
  beforeAll(async () => {
    broker = await startTestBroker({ clock: clock.read });
  });
  afterAll(() => broker.stop());

  it("goes from enquirer to device and back, plain or authenticated", async () => {
    const device = await broker.connect(ALICE);
    const bank = await newKey();
    for (const way of ["plain", "signed"] as const) {
      const ask = (message: object) => (way === "plain" ? broker.plain(message) : broker.signed(bank, message));
      const request = await signedRequest(bank);
      const posted = await ask({ EnquireRequest: { Request: { Request: request, ResponderAccount: ALICE } } });
      expect(posted).toMatchObject({ tag: "EnquireResponse", status: 201 });
      const BrokerID = posted.body["BrokerID"];

      const listed = await broker.signed(device.key, { PendingRequest: { Responder: ALICE } });
      const [entry] = listed.body["Entries"] as readonly JsonObject[];
      expect(entry).toMatchObject({ BrokerID, Request: request, ResponderAccount: ALICE, Responder: ALICE });
      expect(entry?.["PostedBy"]).toBe(way === "plain" ? undefined : bank.kid);

      expect((await ask({ StatusRequest: { BrokerID } })).body["Response"]).toMatchObject({ RequestStatus: "PENDING" });
      const signedRequestSeen = entry?.["Request"] as Jws;
      const answer = await signResponse(device.key, {
        signedRequest: signedRequestSeen,
        value: true,
        created: clock.read(),
      });
      const responded = await broker.signed(device.key, {
        RespondRequest: { Response: { BrokerID, RequestStatus: "REPLY", Response: answer } },
      });
      expect(responded).toMatchObject({ tag: "RespondResponse", status: 201 });
      const stamp = await openStamp(responded.body["Stamp"] as unknown as FlattenedJws);
      expect(stamp).toMatchObject({
        requestDigest: await requestDigest(request),
        responseDigest: await requestDigest(answer),
        received: Math.floor(clock.read() / 1000) * 1000,
        signer: { kid: broker.service.kid },
      });

      clock.pass(SECOND);
      const later = await ask({ StatusRequest: { BrokerID } });
      // The same stamp whenever it is asked for: the date is that of the answer.
      expect(later.body["Stamp"]).toEqual(responded.body["Stamp"]);
      const status = later.body["Response"] as JsonObject;
      expect(status).toMatchObject({ BrokerID, RequestStatus: "REPLY", Response: answer });
      const opened = await openResponse(status["Response"] as Jws);
      expect(opened).toMatchObject({ value: true, signer: { kid: device.key.kid } });
    }
  });
});
