/** `confirm pending`, `accept` and `reject`: one answer for a request, whoever gives it, and none is lost. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foreignGeneral, foreignKey } from "../support/foreign-signer.ts";
import { Shell } from "../support/shell.ts";
import { System } from "../support/system.ts";

const DEMANDING = foreignKey();

let system: System;
let shell: Shell;
let expires: number;

beforeAll(async () => {
  system = await System.start({ limits: false });
  shell = new Shell(system);
  await shell.play(`
    $ confirm account add bob@localhost --data "$DATA"
    > <BOBCODE>
    ! ...
    $ confirm --home phone connect bob@localhost "$BOBCODE"
    > <PHONE>
    ! ...
    $ confirm post bob@localhost "Expires" --expire 20s
    > <EXPIRES>
    ! ...
    $ confirm --home phone pending
    > <EXPIRES>
    > ...
  `);
  expires = Date.now() + 20_000;
});

afterAll(() => system.close());

describe("an answer", { timeout: 120_000 }, () => {
  it("is one, where two processes accept and reject at once; the other is told", async () => {
    await shell.play(`
      $ confirm post bob@localhost "Accept and reject"
      > <BOTH>
    `);
    const home = join(shell.folder, "phone");
    const id = shell.variables.get("BOTH") ?? "";
    const [yes, no] = await Promise.all([
      system.confirm("--home", home, "accept", id),
      system.confirm("--home", home, "reject", id),
    ]);
    expect([yes.code, no.code].sort()).toEqual([0, 3]);
    const [winner, loser] = yes.code === 0 ? [yes, no] : [no, yes];
    expect(loser.stdout).toBe("");
    expect(loser.stderr).toMatch(
      /confirm: (It was answered, withdrawn or has expired in the meantime|You (accepted|rejected) it before; that answer stays)\.\n$/,
    );
    expect((await system.confirm("status", id)).stdout).toBe(winner.stdout);
  });

  it("cannot be a yes where fingerprint or PIN is demanded, which nobody can give here: it is said, and a no goes", async () => {
    const header = { alg: "ES256", typ: "confirm-tbs-request+jws", jwk: DEMANDING.jwk };
    const TBSRequest = {
      Text: "<srml><h1>Pay</h1></srml>",
      FromID: "a@b.example",
      ToID: "bob@localhost",
      Presence: true,
    };
    const Request = foreignGeneral(DEMANDING, header, JSON.stringify({ TBSRequest }));
    const EnquireRequest = { Request: { Request, ResponderAccount: "bob@localhost" } };
    const body = JSON.stringify({ EnquireRequest });
    const posted = await fetch(`${system.origin}/.well-known/confirm`, { method: "POST", body });
    const { EnquireResponse } = (await posted.json()) as { EnquireResponse: { BrokerID: string } };
    shell.variables.set("DEMANDS", EnquireResponse.BrokerID);
    await shell.play(`
      $ confirm --home phone accept "$DEMANDS"
      ! confirm: accepting
      ! <DEMANDS>
      ! ...
      !   asks for your fingerprint or PIN, which cannot be given here: you can only reject it
      ! ...
      ! confirm: The request asks for your fingerprint or PIN, which the command line cannot ask you for: it can only be rejected here.
      = 3
      $ confirm --home phone reject "$DEMANDS"
      > rejected
      ! ...
      $ confirm --home phone accept "$DEMANDS"
      ! confirm: You rejected it before; that answer stays.
      = 3
    `);
  });

  it("names one of the options, and none where there are none; with one alone there is nothing to name", () =>
    shell.play(`
      $ confirm post bob@localhost "One option" --button go="Go on"
      > <ONE>
      $ confirm --home phone accept "$ONE" --choice stop
      ! confirm: Say which option with --choice: "go"
      = 4
      $ confirm --home phone accept "$ONE"
      > accepted
      ! confirm: accepting
      ! ...
      $ confirm status "$ONE"
      > accepted: go
      $ confirm post bob@localhost "No option"
      > <NONE>
      $ confirm --home phone accept "$NONE" --choice go
      ! confirm: The request has no options: leave --choice out.
      = 4
      $ confirm --home phone reject "$NONE"
      > rejected
      ! confirm: rejecting
      ! ...
    `));

  it("is for a request that is there, and not cancelled", async () => {
    await shell.play(`
      $ confirm --home phone accept RBKXX-2Q7AB-ZQK2N-5VEIR-4W2LM-OXJ7D
      ! confirm: RBKXX-2Q7AB-ZQK2N-5VEIR-4W2LM-OXJ7D is not pending for bob@localhost.
      = 3
      $ confirm post bob@localhost "Cancelled"
      > <CANCELLED>
      $ confirm --home phone pending
      > ...
      $ confirm status "$CANCELLED" --cancel
      > no answer: the request was cancelled
      $ confirm --home phone accept "$CANCELLED" --json
      > {"error":"not_answered","message":"It had expired or was cancelled before the answer came."}
      ! confirm: accepting
      ! ...
      ! confirm: It had expired or was cancelled before the answer came.
      = 3
      $ confirm post bob@localhost "Cancelled, and noticed"
      > <NOTICED>
      $ confirm --home phone pending
      > ...
      $ confirm status "$NOTICED" --cancel
      > no answer: the request was cancelled
      $ confirm --home phone pending >pending.txt 2>&1
      $ confirm --home phone accept "$NOTICED"
      ! confirm: It was cancelled.
      = 3
    `);
  });

  it("is stored while the broker is down, and delivered by the same command when it is back", async () => {
    await shell.play(`
      $ confirm post bob@localhost "Before the broker goes"
      > <STORED>
      $ confirm post bob@localhost "Never seen"
      > <UNSEEN>
      $ confirm status "$UNSEEN" --cancel
      > ...
      $ confirm --home phone pending
      > ...
      > <STORED>
      > ...
    `);
    await system.stopBroker();
    await shell.play(`
      $ confirm --home phone accept "$STORED"
      ! confirm: accepting
      ! ...
      ! confirm: The answer is signed and stored, but the broker did not take it yet. Run the same again to deliver it.
      = 3
      $ confirm --home phone accept "$STORED" --json
      > {"error":"not_delivered","message":"The answer is signed and stored, ...
      ! ...
      = 3
      $ confirm --home phone reject "$STORED"
      ! confirm: You accepted it before; that answer stays.
      = 3
      $ confirm --home phone accept "$UNSEEN"
      ! confirm: $ENDPOINT cannot be reached.
      = 3
      $ confirm --home phone pending
      ! confirm: $ENDPOINT cannot be reached.
      = 3
    `);
    await system.startBroker();
    await shell.play(`
      $ confirm --home phone accept "$STORED"
      > accepted
      $ confirm status "$STORED"
      > accepted
    `);
  });

  it("is not for a request that expired", async () => {
    await sleep(expires - Date.now() + 1000);
    await shell.play(`
      $ confirm --home phone accept "$EXPIRES"
      ! confirm: It has expired.
      = 3
    `);
  });
});

describe("an account", { timeout: 120_000 }, () => {
  it("has its own devices and requests, and --id says which is meant", async () => {
    await shell.play(`
      $ confirm account add zoe@localhost --data "$DATA"
      > <ZOECODE>
      ! ...
      $ confirm --home phone connect zoe@localhost "$(echo $ZOECODE | tr -d - | tr A-Z a-z)"
      > <ZOE>
      ! ...
      $ confirm --home phone pending
      ! confirm: Several accounts are connected (bob@localhost at $ENDPOINT, zoe@localhost at $ENDPOINT); say which with --id, or with --broker.
      = 4
      $ confirm post zoe@localhost "For Zoe"
      > <FORZOE>
      ! confirm: first use of zoe@localhost: ...
      $ confirm --home phone pending --id bob@localhost
      ! confirm: nothing waits for bob@localhost
      $ confirm --home phone accept "$FORZOE" --id bob@localhost
      ! confirm: <FORZOE> is not pending for bob@localhost.
      = 3
      $ confirm --home phone accept "$FORZOE" --id zoe@LOCALHOST
      > accepted
      ! ...
      $ confirm --home phone pending --id max@localhost
      ! confirm: No account is connected here. First: confirm connect max@localhost CODE
      = 4
    `);
  });

  it("is answered for by its own pins alone", () =>
    shell.play(`
      $ confirm --home asker pins add bob@localhost "$ZOE"
      > pinned <ZOE> for bob@localhost
      $ confirm --home asker ask bob@localhost "By whom" &
      ! confirm: first use of $ENDPOINT: ...
      ! confirm: the broker names a device of bob@localhost that is not pinned and does not count: <PHONE>
      ! confirm: waiting for an answer to <WHO>, which expires at ...
      $ confirm --home phone accept "$WHO" --id bob@localhost
      > accepted
      ! ...
      $ wait
      ! confirm: The answer is signed by <PHONE>, which is not a pinned device of bob@localhost, nor endorsed by one. It does not count.
      = 4
    `));

  it("is connected once in a home; another device needs another home, and the first one's consent", async () => {
    await shell.play(`
      $ confirm account add bob@localhost --data "$DATA"
      > <SECOND>
      ! confirm: bob@localhost exists; a code for a further device:
      $ confirm --home phone connect bob@localhost "$SECOND"
      ! confirm: bob@localhost is connected here already. For another device give another --home; --replace loses this one's keys.
      = 4
      $ confirm --home tablet connect bob@localhost "$SECOND" --json
      > {"account":"bob@localhost","broker":"$ENDPOINT","kid":"<TABLET>","service":"<SERVICE>","state":"pending"}
      ! confirm: this device's fingerprint is <TABLET>; the broker's is <SERVICE>
      ! confirm: the device gets no requests until another device of the account lets it in, by the last two groups of its fingerprint: ...
      $ confirm --home tablet pending
      ! confirm: ...
      = 3
      $ confirm account list --data "$DATA" --json
      > [{"account":"bob@localhost","devices":[{"kid":"<PHONE>",...,"state":"active"},{"kid":"<TABLET>",...,"state":"pending"}]},{"account":"zoe@localhost",...}]
    `);
  });
});

describe("the keys and requests of a home", { timeout: 120_000 }, () => {
  it("are readable by their owner alone", async () => {
    await shell.play(`
      $ find phone "$CONFIRM_HOME" -name "*.json" | wc -l | grep -q '^ *[0-4]$'
      = 1
      $ find phone "$CONFIRM_HOME" -type d ! -perm 700 -o -type f ! -perm 600
      $ find phone "$CONFIRM_HOME" -type f ! -name "*.json"
      $ find "$DATA" -type f ! -perm 600
    `);
  });

  it("that are damaged are named, and left as they are", async () => {
    const damage = async (...path: readonly string[]): Promise<() => Promise<string>> => {
      const file = join(shell.folder, ...path);
      const before = await readFile(file, "utf8");
      await writeFile(file, before.slice(0, -10));
      return async () => {
        const now = await readFile(file, "utf8");
        await writeFile(file, before);
        return now === before.slice(0, -10) ? "left as it was" : "changed";
      };
    };
    const refuses = async (file: string, ...commands: readonly string[]): Promise<void> => {
      for (const command of commands) {
        await shell.play(`
          $ ${command}
          ! confirm: .../${file} is damaged and was left as it is. Restore it from a copy, or move it away to start without it. (...)
          = 4
        `);
      }
    };
    const key = await damage("asker", "enquirer-key.json");
    await refuses("enquirer-key.json", "confirm --home asker ask bob@localhost Open");
    expect(await key()).toBe("left as it was");

    const pins = await damage("asker", "pins.json");
    await refuses(
      "pins.json",
      'confirm --home asker pins add bob@localhost "$PHONE"',
      "confirm --home asker post bob@localhost Open",
    );
    expect(await pins()).toBe("left as it was");

    const [device = ""] = await readdir(join(shell.folder, "tablet", "devices"));
    const devices = await damage("tablet", "devices", device);
    await refuses(device, "confirm --home tablet connect bob@localhost $SECOND");
    expect(await devices()).toBe("left as it was");
  });
});
