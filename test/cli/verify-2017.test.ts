/** `confirm verify` of objects that the 2017 reference signed: what is printed, and that the pin alone makes it 0. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { key2017, lines, sign2017, text2017 } from "../support/reference2017.ts";
import { Shell } from "../support/shell.ts";
import { System } from "../support/system.ts";

const asker = key2017();
const device = key2017();
const REQUEST = JSON.stringify({
  TBSRequest: {
    Text: "<srml><h1>Open pod bay doors</h1><p>All of them</p></srml>",
    FromID: "alice@example.net",
    ToID: "bob@example.com",
  },
});

let system: System;
let shell: Shell;

beforeAll(async () => {
  system = await System.start({ limits: false });
  shell = new Shell(system);
  await shell.play("$ true");
  const request = sign2017(asker, REQUEST);
  const answer = sign2017(device, text2017({ TBSResponse: { SignedRequest: request, Value: true } }));
  const hostile = JSON.stringify({ TBSRequest: { Text: "\u001b[2J", FromID: "a\u202eb", ToID: 7 } });
  const files = {
    request: { RequestEntry: { Request: request, ResponderAccount: "bob@example.com" } },
    answer: { ResponseEntry: { BrokerID: "MBMQF", RequestStatus: "Reply", Response: answer } },
    changed: { ...request, payload: lines(REQUEST.replace("Open", "Shut")) },
    hostile: sign2017(asker, hostile),
    two: [request, request],
    keys: [{ PublicKeyRSA: asker.printed }, { PublicKeyRSA: device.printed }],
  };
  for (const [name, value] of Object.entries(files)) {
    writeFileSync(join(shell.folder, `${name}.json`), text2017(value));
  }
  shell.variables.set("ASKER", asker.kid);
  shell.variables.set("DEVICE", device.kid);
});

afterAll(() => system.close());

describe("verify of an object of 2017", { timeout: 120_000 }, () => {
  it("ends with 0 where its signer is the key of --pin, and says what it is and who signed", () =>
    shell.play(`
      $ confirm verify request.json --keys keys.json --pin "$ASKER"
      > An object signed by the 2017 reference implementation verifies.
      >   what     TBSRequest
      >   from     alice@example.net
      >   to       bob@example.com
      >   asked    Open pod bay doors
      >            All of them
      >   by       <ASKER> (a fingerprint by the rule of 2017)
      >   passed   val is the SHA-512 of the payload
      >   passed   the signature, RS512 over the protected header
      >   anchored by --pin
    `));

  it("shows an answer with the request in it, which verifies too", () =>
    shell.play(`
      $ confirm verify answer.json --keys keys.json --pin "$DEVICE" | grep -v passed
      > An object signed by the 2017 reference implementation verifies.
      >   what     TBSResponse
      >   answer   accepted
      >   by       <DEVICE> (a fingerprint by the rule of 2017)
      >   what     TBSRequest
      >   from     alice@example.net
      >   to       bob@example.com
      >   asked    Open pod bay doors
      >            All of them
      >   by       <ASKER> (a fingerprint by the rule of 2017)
      >   anchored by --pin
    `));

  it("ends with 1, and has nothing on stdout, without the pin or with another", () =>
    shell.play(`
      $ confirm verify request.json --keys keys.json 2>&1 >/dev/null | tail -n 1
      > confirm:   not anchored: name the key that you know to be the signer's, as --pin <ASKER>
      $ confirm verify request.json --keys keys.json 2>/dev/null
      = 1
      $ confirm verify answer.json --keys keys.json --pin "$ASKER" 2>/dev/null
      = 1
      $ confirm verify request.json --keys keys.json --json 2>/dev/null | head -c 40
      > {"verified":false,"reference":2017,"kid"
    `));

  it("ends with 1 where it does not verify, and names the check that failed", () =>
    shell.play(`
      $ confirm verify request.json --pin "$ASKER"
      ! confirm: An object signed by the 2017 reference implementation does not verify. The key <ASKER> that signed is in none of the files given.
      = 1
      $ confirm verify changed.json --keys keys.json --pin "$ASKER"
      ! confirm: An object signed by the 2017 reference implementation does not verify. The payload was changed: val in the protected header is not its SHA-512.
      = 1
      $ confirm verify two.json --keys keys.json --pin "$ASKER"
      ! confirm: An object signed by the 2017 reference implementation does not verify. The file has 2 signed objects; one is verified at a time.
      = 1
    `));

  it("shows nothing that a terminal would act on", () =>
    shell.play(`
      $ confirm verify hostile.json --keys keys.json --pin "$ASKER" | head -n 5
      > An object signed by the 2017 reference implementation verifies.
      >   what     TBSRequest
      >   from     (a text that a terminal should not show)
      >   to       (not said)
      >   asked    (a text that is not SRML)
    `));
});
