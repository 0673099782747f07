/** Requests whose signature does not hold, or whose envelope says something else than what is signed. */
import { HOUR, SOME_TIME } from "../../support/fake-clock.ts";
import { foreignGeneral } from "../../support/foreign-signer.ts";
import { flippedPayload, flippedSignature, foreignRequest, PLAIN_REQUEST } from "../../support/signing.ts";
import { enquire, foreign, iso, plain, table, world } from "./world.ts";

const header = (more: object) =>
  foreignGeneral(
    world.foreign,
    { alg: "ES256", typ: "confirm-tbs-request+jws", jwk: world.foreign.jwk, ...more },
    JSON.stringify({ TBSRequest: PLAIN_REQUEST }),
  );

table("a request whose signature is no good gets 400", [
  ["a flipped bit of the payload", 200, 400, /signature/, () => plain(enquire(flippedPayload(foreign({}))))],
  ["a flipped bit of the signature", 200, 400, /signature/, () => plain(enquire(flippedSignature(foreign({}))))],
  [
    "a kid that is not the fingerprint",
    200,
    400,
    /fingerprint/,
    () => {
      const { foreign: key, bank } = world;
      const head = { alg: "ES256", typ: "confirm-tbs-request+jws", jwk: key.jwk };
      return plain(enquire(foreignGeneral(key, head, JSON.stringify({ TBSRequest: PLAIN_REQUEST }), bank.kid)));
    },
  ],
  ["alg none", 200, 400, /"none" is not accepted/, () => plain(enquire(header({ alg: "none" })))],
  ["alg HS256", 200, 400, /"HS256" is not accepted/, () => plain(enquire(header({ alg: "HS256" })))],
  [
    "a JWK with a private member",
    200,
    400,
    /private member d/,
    () => plain(enquire(header({ jwk: { ...world.foreign.jwk, d: "AAAA" } }))),
  ],
  [
    "a point that is not on the curve",
    200,
    400,
    /not a point/,
    () => plain(enquire(header({ jwk: { ...world.foreign.jwk, y: world.foreign.jwk.x } }))),
  ],
  ["an unknown crit", 200, 400, /crit/, () => plain(enquire(header({ crit: ["exp"] })))],
  [
    "the typ of an answer",
    200,
    400,
    /not a confirm-tbs-request/,
    () => plain(enquire(header({ typ: "confirm-tbs-response+jws" }))),
  ],
  [
    "no jwk, and a kid that nobody knows",
    200,
    400,
    /no protected jwk/,
    () => plain(enquire(header({ jwk: undefined }))),
  ],
  [
    "our members without typ",
    200,
    400,
    /must say typ/,
    () => plain(enquire(foreignRequest(world.foreign, { ...PLAIN_REQUEST, EnquirerID: "x" }, null))),
  ],
  [
    "a payload that is an answer",
    200,
    400,
    /exactly one member, TBSRequest/,
    () => plain(enquire(foreignGeneral(world.foreign, { alg: "ES256", jwk: world.foreign.jwk }, '{"TBSResponse":{}}'))),
  ],
  [
    "a name twice inside the payload",
    200,
    400,
    /given twice/,
    () =>
      plain(
        enquire(
          foreignGeneral(
            world.foreign,
            { alg: "ES256", jwk: world.foreign.jwk },
            '{"TBSRequest":{"Text":"a","Text":"b"}}',
          ),
        ),
      ),
  ],
]);

table("a request whose envelope says something else", [
  [
    "another account than ToID",
    200,
    400,
    /not the signed ToID/,
    () => plain(enquire(foreign({ ToID: "bob@example.com" }))),
  ],
  [
    "another EnquirerID",
    200,
    400,
    /EnquirerID is not the signed/,
    () => plain(enquire(foreign({ EnquirerID: "a" }), { EnquirerID: "b" })),
  ],
  [
    "another Expire",
    200,
    400,
    /Expire is not the signed/,
    () => plain(enquire(foreign({ Expire: iso(SOME_TIME + HOUR) }), { Expire: iso(SOME_TIME + 2 * HOUR) })),
  ],
  [
    "another Responder",
    200,
    400,
    /Responder is not/,
    () => plain(enquire(foreign({}), { Responder: "bob@example.com" })),
  ],
]);
