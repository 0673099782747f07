/** What can be asked from the command line, and what is refused before anybody is asked, with the reason. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRequest } from "../../src/crypto/index.ts";
import { parseSrml, type Srml } from "../../src/srml/index.ts";
import { connectTestDevice, type Device } from "../support/device.ts";
import { Shell } from "../support/shell.ts";
import { inClear } from "../support/signing.ts";
import { System } from "../support/system.ts";

let system: System;
let shell: Shell;
let bob: Device;

beforeAll(async () => {
  system = await System.start({ limits: false });
  shell = new Shell(system);
  bob = await connectTestDevice(system, "bob@localhost");
});

afterAll(() => system.close());

/** What the user's device would show of the request that was posted last. */
async function shown(): Promise<Srml> {
  return parseSrml((await openRequest(inClear((await bob.next()).Request))).text);
}

describe("a question", { timeout: 120_000 }, () => {
  it("is its heading, paragraphs and options, in this order, word for word", async () => {
    await shell.play(`
      $ confirm pins add bob@localhost ${bob.kid}
      > pinned ${bob.kid} for bob@localhost
      $ confirm post bob@localhost 'Pay <b>1,200</b> & "more"' --button 'ok' --paragraph 'a = b' --paragraph 'Ünïcödé' --button 'v.1=a = b'
      > <ID>
      ! confirm: first use of ...
    `);
    expect(await shown()).toEqual({
      heading: 'Pay <b>1,200</b> & "more"',
      paragraphs: ["a = b", "Ünïcödé"],
      buttons: [{ label: "ok" }, { label: "a = b", value: "v.1" }],
    });
  });

  it("is a file of SRML, or standard input", async () => {
    await shell.play(`
      $ printf '<srml><h1>From a file</h1></srml>' > question.xml
      $ confirm post bob@localhost --text-file question.xml
      > <FILE>
      $ cat question.xml | confirm post bob@localhost --text-file -
      > <PIPE>
      $ confirm post bob@localhost --text-file - < question.xml
      > <INPUT>
    `);
    for (const _ of [1, 2, 3]) expect((await shown()).heading).toBe("From a file");
  });
});

describe("nobody is asked", { timeout: 120_000 }, () => {
  afterAll(async () => {
    const waiting = (await bob.pending()).length;
    // The four that the tests above posted.
    expect(waiting).toBe(4);
  });

  it("what is not a question", () =>
    shell.play(`
      $ confirm post bob@localhost
      ! confirm: Say what is asked: confirm ask bob@example.com "Open pod bay doors"
      = 4
      $ confirm post bob "Open pod bay doors"
      ! confirm: "bob" is not an account such as alice@example.com.
      = 4
      $ confirm post bob@localhost "Open" --text-file question.xml
      ! confirm: Give either --text-file or a heading, not both.
      = 4
      $ confirm post bob@localhost --text-file missing.xml
      ! confirm: missing.xml cannot be read.
      = 4
      $ printf 'caf\\351' | confirm post bob@localhost --text-file -
      ! confirm: Standard input is not UTF-8.
      = 4
      $ confirm post bob@localhost --text-file /dev/zero
      ! confirm: /dev/zero is too long for a request.
      = 4
      $ confirm post bob@localhost "Open" --from "bob the builder"
      ! confirm: "bob the builder" is not an account such as alice@example.com.
      = 4
      $ confirm post bob@localhost "Open" --pin MBTJV-DPXQT
      ! confirm: "MBTJV-DPXQT" is not a fingerprint ...
      = 4
    `));

  it("what no responder would show, and the element is named", () =>
    shell.play(`
      $ confirm post bob@localhost "Open" --button "now=Open now" --button "now=Open later"
      ! confirm: Two buttons have the same label or the same answer.
      = 4
      $ confirm post bob@localhost "Open" --button "now!=Open now"
      ! confirm: A button's value is 1 to 64 of A-Z a-z 0-9 . _ -, not "now!".
      = 4
      $ confirm post bob@localhost "Open" --paragraph ""
      ! confirm: p shows nothing.
      = 4
      $ confirm post bob@localhost "$(printf 'safe\\u202Eelif')"
      ! confirm: The text has U+202E ..., which must not be shown here.
      = 4
      $ confirm post bob@localhost "$(head -c 121 /dev/zero | tr '\\0' x)"
      ! confirm: h1 has more than 120 characters.
      = 4
      $ echo '<srml><h1>Hi</h1><script>alert(1)</script></srml>' | confirm post bob@localhost --text-file -
      ! confirm: SRML has no element "script".
      = 4
      $ echo '<srml><h1 onclick="x">Hi</h1></srml>' | confirm post bob@localhost --text-file - --json
      > {"error":"usage","message":"h1 has no attribute \\"onclick\\"."}
      ! confirm: h1 has no attribute "onclick".
      = 4
    `));

  it("for a time that is none", async () => {
    const expire = async (...given: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await system.confirm("ask", "bob@localhost", "Open", ...given);
      expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
      return stderr;
    };
    const isNone = (text: string): string => `confirm: "${text}" is not a duration such as 90s, 5m, 2h or 7d.\n`;
    expect(
      await Promise.all([
        expire("--expire", "5"),
        expire("--expire", "0s"),
        expire("--expire", "-5m"),
        expire("--expire", "1.5h"),
        expire("--expire", "8d"),
        expire("--timeout", "soon"),
      ]),
    ).toEqual([
      isNone("5"),
      isNone("0s"),
      isNone("-5m"),
      isNone("1.5h"),
      "confirm: A request lives from 1 second to 7 days.\n",
      isNone("soon"),
    ]);
  });

  it("where the receipt could not be written", () =>
    shell.play(`
      $ mkdir folder && ln -s /dev/null link
      $ confirm ask bob@localhost "Open" --receipt none/r.json
      ! confirm: The receipt ...none/r.json cannot be written: there is no such file or folder. Nobody was asked.
      = 4
      $ confirm ask bob@localhost "Open" --receipt folder
      ! confirm: The receipt ...folder cannot be written: it is there and is not a file. Nobody was asked.
      = 4
      $ confirm ask bob@localhost "Open" --receipt link --json
      > {"error":"receipt","message":"The receipt ...link cannot be written: it is there and is not a file. Nobody was asked."}
      ! confirm: ...
      = 4
      $ confirm ask bob@localhost "Open" --receipt question.xml/r.json
      ! confirm: The receipt ... cannot be written: a part of the path is not a folder. Nobody was asked.
      = 4
    `));

  it("through an address that is none, or that is not encrypted", () =>
    shell.play(`
      $ confirm post bob@localhost "Open" --broker http://broker.example
      ! confirm: A broker on another machine must be reached by https, not http.
      = 4
      $ confirm post bob@localhost "Open" --broker broker.example
      ! confirm: A broker's address looks like https://example.com
      = 4
      $ CONFIRM_BROKER=https://me:secret@broker.example confirm post bob@localhost "Open"
      ! confirm: A broker's address has no user name, query or fragment.
      = 4
    `));
});
