/** Requests that are signed well and may not be asked. */
import { DAY, MINUTE, SOME_TIME } from "../../support/fake-clock.ts";
import { signedRequest } from "../../support/signing.ts";
import { enquire, foreign, iso, plain, sealed, table, world } from "./world.ts";

const srml = (Text: string) => plain(enquire(foreign({ Text })));

table("a request that may not be asked", [
  [
    "of an unknown account",
    200,
    404,
    /no such account/,
    () => plain(enquire(foreign({ ToID: "bob@example.com" }), { ResponderAccount: "bob@example.com" })),
  ],
  [
    "that has expired",
    200,
    410,
    /expired before it arrived/,
    () => plain(enquire(foreign({ Expire: iso(SOME_TIME) }))),
  ],
  [
    "made in the future",
    200,
    400,
    /121 seconds ahead/,
    () => plain(enquire(foreign({ Created: iso(SOME_TIME + 121_000) }))),
  ],
  [
    "that lives for more than 7 days",
    200,
    400,
    /at most 7 days/,
    () => plain(enquire(foreign({ Created: iso(SOME_TIME), Expire: iso(SOME_TIME + 7 * DAY + 1000) }))),
  ],
  [
    "that lives for more than 7 days by its envelope",
    200,
    400,
    /at most 7 days/,
    () => plain(enquire(foreign({}), { Expire: iso(SOME_TIME + 8 * DAY) })),
  ],
  [
    "that expires before it was made",
    200,
    400,
    /expires before/,
    () => plain(enquire(foreign({ Created: iso(SOME_TIME), Expire: iso(SOME_TIME - MINUTE) }))),
  ],
  [
    "by a FromID of this broker's domain",
    200,
    403,
    /must be signed by an active device/,
    () => plain(enquire(foreign({ FromID: "bob@example.com" }))),
  ],
  [
    "by the account itself, with another key",
    200,
    403,
    /must be signed by an active device/,
    () => plain(enquire(foreign({ FromID: "alice@EXAMPLE.com" }))),
  ],
  [
    "by a FromID that is not ASCII",
    200,
    400,
    /not an account/,
    () => plain(enquire(foreign({ FromID: "bänk@bank.example" }))),
  ],
  [
    "by another key than the one that calls",
    200,
    403,
    /key that signed it/,
    async () => sealed(world.stranger, enquire(foreign({}))),
  ],
  ["of more than 24 KiB", 200, 413, /24576 bytes/, () => srml(`<srml><h1>Hi</h1><p>${"€".repeat(8000)}</p></srml>`)],
  [
    "with the EnquirerID of another",
    200,
    409,
    /has this EnquirerID/,
    async () =>
      plain(enquire(await signedRequest(world.bank, { enquirerId: "the-pending-one", text: { heading: "Another" } }))),
  ],
  ["that endorses a device", 200, 403, /endorsement/, () => plain(enquire(foreign({ Endorse: foreign({}) })))],
  [
    "with Match and buttons",
    200,
    400,
    /Match has no buttons/,
    () => plain(enquire(foreign({ Match: "A".repeat(43), Text: "<srml><h1>Hi</h1><button>Yes</button></srml>" }))),
  ],
]);

table("a text that no responder shows gets 400", [
  ["a script", 200, 400, /script/, () => srml("<srml><h1>Hi</h1><script>alert(1)</script></srml>")],
  ["an attribute", 200, 400, /attribute/i, () => srml('<srml><h1 onclick="x">Hi</h1></srml>')],
  ["a comment", 200, 400, /comment/i, () => srml("<srml><h1>Hi</h1><!-- hidden --></srml>")],
  ["a DOCTYPE", 200, 400, /DOCTYPE|document type/i, () => srml("<!DOCTYPE srml><srml><h1>Hi</h1></srml>")],
  ["an entity", 200, 400, /entit|reference/i, () => srml("<srml><h1>Hi &nbsp; there</h1></srml>")],
  ["a bidi override", 200, 400, /U\+202E/, () => srml("<srml><h1>Pay \u202e001 EUR</h1></srml>")],
  [
    "a prefix",
    200,
    400,
    /prefix/i,
    () => srml('<s:srml xmlns:s="http://hallambaker.com/Schemas/srml.xsd"><s:h1>Hi</s:h1></s:srml>'),
  ],
  ["no markup", 200, 400, /./, () => srml("Open pod bay doors")],
]);
