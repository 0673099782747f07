/** Authenticated calls that are not, or that hold no message. */
import { call, clock, foreignCall, sealedRefusal, table, world } from "./world.ts";
import { expect } from "vitest";

table("a call that is not authenticated gets a sealed 401", [
  [
    "that was made before",
    200,
    401,
    /made before/,
    async () => {
      const text = foreignCall({});
      const first = await sealedRefusal(text);
      expect(first.status).toBe(201);
      return sealedRefusal(text);
    },
  ],
  [
    "whose clock is 121 seconds behind",
    200,
    401,
    /121 seconds behind/,
    () => sealedRefusal(foreignCall({ iat: clock.read() / 1000 - 121 })),
  ],
  [
    "whose clock is 121 seconds ahead",
    200,
    401,
    /121 seconds ahead/,
    () => sealedRefusal(foreignCall({ iat: clock.read() / 1000 + 121 })),
  ],
  ["without iat", 200, 401, /iat/, () => sealedRefusal(foreignCall({ iat: undefined }))],
  [
    "for another url",
    200,
    401,
    /another address/,
    () => sealedRefusal(foreignCall({ url: "https://other.example/.well-known/confirm" })),
  ],
  [
    "for the push channel",
    200,
    401,
    /another address/,
    () => sealedRefusal(foreignCall({ url: `${world.broker.endpoint.replace("http", "ws")}/push` })),
  ],
  [
    "with a flipped bit",
    200,
    401,
    /signature/,
    () => {
      const parts = JSON.parse(foreignCall({})) as Record<string, string>;
      const payload = Buffer.from('{"HelloRequest":{"Service":"x"}}').toString("base64url");
      return sealedRefusal(JSON.stringify({ ...parts, payload }));
    },
  ],
  [
    "whose kid is not the fingerprint",
    200,
    401,
    /fingerprint/,
    () => sealedRefusal(foreignCall({ kid: world.bank.kid })),
  ],
  ["by an unknown kid without jwk", 200, 401, /not known here/, () => sealedRefusal(foreignCall({ jwk: undefined }))],
  ["with alg none", 200, 401, /"none" is not accepted/, () => sealedRefusal(foreignCall({ alg: "none" }))],
  ["with alg HS256", 200, 401, /"HS256" is not accepted/, () => sealedRefusal(foreignCall({ alg: "HS256" }))],
  ["with another typ", 200, 401, /typ is not/, () => sealedRefusal(foreignCall({ typ: "confirm-response+jws" }))],
  ["with a short jti", 200, 401, /96 random bits/, () => sealedRefusal(foreignCall({ jti: "AAAAAAAA" }))],
]);

table("a call that cannot be read, or holds no message", [
  ["that is no JWS", 400, 400, /missing/, () => call('{"HelloRequest":{}}')],
  [
    "whose header is no JSON",
    400,
    400,
    /not well-formed/,
    () => {
      const parts = JSON.parse(foreignCall({})) as Record<string, string>;
      return call(JSON.stringify({ ...parts, protected: Buffer.from("{").toString("base64url") }));
    },
  ],
  [
    "whose header has a name twice",
    400,
    400,
    /given twice/,
    () => {
      const parts = JSON.parse(foreignCall({})) as Record<string, string>;
      const twice = Buffer.from('{"alg":"ES256","alg":"none"}').toString("base64url");
      return call(JSON.stringify({ ...parts, protected: twice }));
    },
  ],
  ["whose payload is no JSON", 200, 400, /not well-formed/, () => sealedRefusal(foreignCall({}, "{"))],
  [
    "whose payload has a name twice",
    200,
    400,
    /given twice/,
    () => sealedRefusal(foreignCall({}, '{"HelloRequest":{"Service":"a","Service":"b"}}')),
  ],
  [
    "whose payload is an unknown message",
    200,
    400,
    /exactly one member/,
    () => sealedRefusal(foreignCall({}, '{"No":{}}')),
  ],
]);
