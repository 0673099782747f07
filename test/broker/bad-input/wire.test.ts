/** What is no JSON, no message, or not HTTP as the broker speaks it. */
import { ALICE } from "../../support/signing.ts";
import { body, enquire, foreign, http, plain, table } from "./world.ts";

table("what is not JSON gets 400 from HTTP", [
  ["nothing", 400, 400, /not well-formed/, () => body("")],
  ["half an object", 400, 400, /not well-formed/, () => body('{"HelloRequest":{}')],
  ["two values", 400, 400, /not well-formed/, () => body('{"HelloRequest":{}} {}')],
  ["bytes that are not UTF-8", 400, 400, /not UTF-8/, () => body(Uint8Array.of(0x7b, 0xff, 0x7d))],
  [
    "a name twice",
    400,
    400,
    /"BrokerID" is given twice/,
    () => body('{"StatusRequest":{"BrokerID":"A","BrokerID":"B"}}'),
  ],
  ["the same name in an escape", 400, 400, /given twice/, () => body('{"HelloRequest":{"a":1,"\\u0061":2}}')],
  ["__proto__", 400, 400, /"__proto__" is not allowed/, () => body('{"HelloRequest":{"__proto__":{}}}')],
  ["seventeen levels", 400, 400, /deeper than 16/, () => body(`${'{"a":'.repeat(16)}[]${"}".repeat(16)}`)],
  ["half a surrogate pair", 400, 400, /surrogate/, () => body('{"HelloRequest":{"Service":"\\ud800"}}')],
]);

table("what is no message gets 400", [
  ["an array", 200, 400, /exactly one member/, () => body("[]")],
  ["two messages", 200, 400, /exactly one member/, () => body('{"HelloRequest":{},"StatusRequest":{"BrokerID":"A"}}')],
  ["an unknown tag", 200, 400, /exactly one member/, () => body('{"DeleteRequest":{}}')],
  ["a body that is no object", 200, 400, /must be an object/, () => body('{"HelloRequest":[]}')],
  ["no BrokerID", 200, 400, /BrokerID is missing/, () => plain({ StatusRequest: {} })],
  ["a number as BrokerID", 200, 400, /BrokerID must be a string/, () => plain({ StatusRequest: { BrokerID: 7 } })],
  [
    "text as Cancel",
    200,
    400,
    /Cancel must be true or false/,
    () => plain({ StatusRequest: { BrokerID: "A", Cancel: "yes" } }),
  ],
  [
    "a Wait of 61 seconds",
    200,
    400,
    /Wait must be .* 0 to 60/,
    () => plain({ StatusRequest: { BrokerID: "A", Wait: 61 } }),
  ],
  [
    "half a second of Wait",
    200,
    400,
    /Wait must be a whole/,
    () => plain({ StatusRequest: { BrokerID: "A", Wait: 0.5 } }),
  ],
  [
    "an account without domain",
    200,
    400,
    /not an account/,
    () => plain(enquire(foreign({}), { ResponderAccount: "alice" })),
  ],
  [
    "an account that is not ASCII",
    200,
    400,
    /not an account/,
    () => plain(enquire(foreign({}), { ResponderAccount: "älice@example.com" })),
  ],
  [
    "a date that is none",
    200,
    400,
    /not in the form/,
    () => plain(enquire(foreign({}), { Expire: "2030-02-30T00:00:00Z" })),
  ],
  [
    "a JWS with two signatures",
    200,
    400,
    /signatures must be an array of 1/,
    () => {
      const jws = foreign({});
      return plain(enquire({ ...jws, signatures: [...jws.signatures, ...jws.signatures] }));
    },
  ],
  ["Subscribe by HTTP", 200, 400, /push channel/, () => plain({ SubscribeRequest: { Responder: ALICE } })],
]);

table("what HTTP itself refuses", [
  ["a web page", 403, 403, /web page/, () => http({ headers: { origin: "https://evil.example" } })],
  ["a page without origin", 403, 403, /web page/, () => http({ headers: { origin: "null" } })],
  ["another Host", 403, 403, /Host/, () => http({ headers: { host: "evil.example" } })],
  ["GET", 405, 405, /POST/, () => http({ method: "GET" })],
  ["another path", 404, 404, /path/, () => http({ path: "/.well-known/other" })],
  [
    "a form",
    415,
    415,
    /application\/json/,
    () => http({ body: "{}", headers: { "content-type": "application/x-www-form-urlencoded" } }),
  ],
  [
    "a multipart form",
    415,
    415,
    /application\/json/,
    () => http({ body: "{}", headers: { "content-type": "multipart/form-data; boundary=x" } }),
  ],
  ["65 KiB", 413, 413, /65536 bytes/, () => body(`"${"x".repeat(65 * 1024)}"`)],
]);
