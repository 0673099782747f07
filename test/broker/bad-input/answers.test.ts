/** Calls of Status, Pending and Respond that may not be, and answers that do not count. */
import { ALICE, flippedPayload, foreignResponse } from "../../support/signing.ts";
import { answerBy, plain, respond, sealed, table, world } from "./world.ts";

table("a Status that may not be", [
  ["of an unknown BrokerID", 200, 404, /no request/, () => plain({ StatusRequest: { BrokerID: "AAAAA-BBBBB" } })],
  [
    "that cancels plainly what was posted authenticated",
    200,
    401,
    /must be authenticated/,
    () => plain({ StatusRequest: { BrokerID: world.sealed.id, Cancel: true } }),
  ],
  [
    "that cancels with another key",
    200,
    403,
    /key that posted/,
    () => sealed(world.stranger, { StatusRequest: { BrokerID: world.sealed.id, Cancel: true } }),
  ],
]);

table("a Pending that may not be", [
  ["that is plain", 200, 401, /must be authenticated/, () => plain({ PendingRequest: { Responder: ALICE } })],
  [
    "by a stranger",
    200,
    403,
    /no active device/,
    () => sealed(world.stranger, { PendingRequest: { Responder: ALICE } }),
  ],
  [
    "of an account that does not exist",
    200,
    403,
    /no active device/,
    () => sealed(world.alice.key, { PendingRequest: { Responder: "bob@example.com" } }),
  ],
  [
    "after a BrokerID that is none",
    200,
    404,
    /AfterId/,
    () => sealed(world.alice.key, { PendingRequest: { Responder: ALICE, AfterId: "AAAAA-BBBBB" } }),
  ],
  [
    "for no entries",
    200,
    400,
    /MaxResponse must be/,
    () => sealed(world.alice.key, { PendingRequest: { Responder: ALICE, MaxResponse: 0 } }),
  ],
]);

table("an answer that does not count", [
  [
    "to an unknown BrokerID",
    200,
    404,
    /no request/,
    async () => plain(respond("AAAAA-BBBBB", await answerBy(world.alice.key, world.pending.jws))),
  ],
  [
    "by a stranger's key",
    200,
    403,
    /active device/,
    async () => plain(respond(world.pending.id, await answerBy(world.stranger, world.pending.jws))),
  ],
  [
    "by a stranger's key in a device's call",
    200,
    403,
    /active device/,
    async () => sealed(world.alice.key, respond(world.pending.id, await answerBy(world.stranger, world.pending.jws))),
  ],
  [
    "by a stranger over another request",
    200,
    403,
    /active device/,
    async () => plain(respond(world.pending.id, await answerBy(world.stranger, world.answered.jws))),
  ],
  [
    "over another request",
    200,
    400,
    /another request/,
    async () => plain(respond(world.pending.id, await answerBy(world.alice.key, world.answered.jws))),
  ],
  [
    "with a flipped bit",
    200,
    400,
    /signature/,
    async () => plain(respond(world.pending.id, flippedPayload(await answerBy(world.alice.key, world.pending.jws)))),
  ],
  [
    "that differs from the first",
    200,
    409,
    /another answer already/,
    async () => plain(respond(world.answered.id, await answerBy(world.alice.key, world.answered.jws, false))),
  ],
  [
    "to a request that was cancelled",
    200,
    410,
    /cancelled/,
    async () => plain(respond(world.cancelled.id, await answerBy(world.alice.key, world.cancelled.jws))),
  ],
  ["without a signature", 200, 400, /REPLY comes with/, () => plain(respond(world.pending.id, undefined))],
  [
    "with another state",
    200,
    400,
    /says REPLY, or REFUSED/,
    async () =>
      plain(
        respond(world.pending.id, await answerBy(world.alice.key, world.pending.jws), { RequestStatus: "EXPIRED" }),
      ),
  ],
  [
    "with another EnquirerID",
    200,
    400,
    /EnquirerID/,
    async () =>
      plain(respond(world.pending.id, await answerBy(world.alice.key, world.pending.jws), { EnquirerID: "other" })),
  ],
  [
    "whose Value is no boolean",
    200,
    400,
    /Value must be true or false/,
    () =>
      plain(
        respond(world.pending.id, foreignResponse(world.foreign, { SignedRequest: world.pending.jws, Value: "yes" })),
      ),
  ],
  [
    "that is a request",
    200,
    400,
    /not a confirm-tbs-response/,
    () => plain(respond(world.pending.id, world.pending.jws)),
  ],
  [
    "a refusal that is plain",
    200,
    401,
    /must be authenticated/,
    () => plain(respond(world.pending.id, undefined, { RequestStatus: "REFUSED" })),
  ],
  [
    "a refusal by a stranger",
    200,
    403,
    /no active device/,
    () => sealed(world.stranger, respond(world.pending.id, undefined, { RequestStatus: "REFUSED" })),
  ],
  [
    "a refusal after the answer",
    200,
    409,
    /another answer already/,
    () => sealed(world.alice.key, respond(world.answered.id, undefined, { RequestStatus: "REFUSED" })),
  ],
]);
