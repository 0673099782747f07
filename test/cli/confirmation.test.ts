/** A whole confirmation by the command line alone: what each of the three parties types, and all that they see. */
import { afterAll, beforeAll, describe, it } from "vitest";
import { Shell } from "../support/shell.ts";
import { System } from "../support/system.ts";

let system: System;
let shell: Shell;

beforeAll(async () => {
  system = await System.start({ limits: false });
  shell = new Shell(system);
});

afterAll(() => system.close());

describe("a confirmation by the command line alone", { timeout: 120_000 }, () => {
  it("begins with an account, of which stdout has the connect code alone", () =>
    shell.play(`
      $ confirm account list --data "$DATA"
      ! confirm: there are no accounts
      $ confirm account add bob@LOCALHOST --data "$DATA"
      > <CODE>
      ! confirm: added bob@localhost; its connect code:
      $ confirm --home bob pending
      ! confirm: No account is connected here. First: confirm connect bob@example.com CODE
      = 4
      $ confirm --home bob connect bob@localhost "$CODE" --name "a terminal"
      > <BOB>
      ! confirm: this device's fingerprint is <BOB>; the broker's is <BROKER>
      $ confirm --home other connect bob@localhost "$CODE"
      ! confirm: The connect code is wrong, used or older than 10 minutes.
      = 3
      $ confirm account list --data "$DATA"
      > bob@localhost
      >   <BOB>  active  a terminal
    `));

  it("goes on with a request that is posted, listed, accepted and looked at", () =>
    shell.play(`
      $ confirm post bob@localhost "Open pod bay doors" --paragraph "Ship: Discovery One" --from dave@ship.example
      > <ID>
      ! confirm: first use of $ENDPOINT: its key is <BROKER>, now pinned
      ! confirm: first use of bob@localhost: trusting the devices that its broker names (<BOB>), now pinned. ...
      $ confirm status "$ID"
      > pending
      $ confirm --home bob pending
      > <ID>
      >   from     unverified, claims to be dave@ship.example (<ASKER>)
      >   asks     Open pod bay doors
      >            Ship: Discovery One
      >   expires  ...Z
      $ confirm --home bob pending --json
      > [{"account":"bob@localhost","broker":"$ENDPOINT","id":"<ID>","digest":"...","sender":{"trust":"unverified",...
      $ confirm --home bob accept "$ID"
      > accepted
      ! confirm: accepting
      ! <ID>
      !   from     unverified, claims to be dave@ship.example (<ASKER>)
      !   asks     Open pod bay doors
      !            Ship: Discovery One
      !   expires  ...Z
      $ confirm status "$ID"
      > accepted
      $ confirm status "$ID" --cancel
      > accepted
      $ confirm --home bob accept "$ID"
      > accepted
      $ confirm --home bob reject "$ID"
      ! confirm: You accepted it before; that answer stays.
      = 3
      $ confirm --home bob pending --json
      > []
      ! confirm: nothing waits for bob@localhost
    `));

  it("ends a request that is rejected, one that the user did not start, and one that is cancelled", () =>
    shell.play(`
      $ confirm post bob@localhost "Delete the backup"
      > <NO>
      $ confirm --home bob reject "$NO"
      > rejected
      ! confirm: rejecting
      ! ...
      $ confirm status "$NO"
      > rejected
      $ confirm post bob@localhost "Pay 1,200.00 EUR" --json
      > {"brokerId":"<STRANGE>","expire":...}
      $ confirm --home bob reject "$STRANGE" --unknown --json
      > {"answer":"rejected","brokerId":"<STRANGE>","delivery":"accepted"}
      ! ...
      $ confirm status "$STRANGE" --wait 5
      > rejected: the user did not start this
      $ confirm post bob@localhost "Sell everything"
      > <GONE>
      $ confirm status "$GONE" --cancel --json
      > {"result":"cancelled","brokerId":"<GONE>"}
      $ confirm --home bob accept "$GONE"
      ! confirm: <GONE> is not pending for bob@localhost.
      = 3
      $ confirm --home other status "$GONE"
      ! confirm: <GONE> was not posted from ...other.
      = 4
    `));

  it("waits for an answer with one command, and leaves a receipt that anybody can verify", () =>
    shell.play(`
      $ confirm ask bob@localhost "Grant Administrator" --button 15m="For 15 minutes" --button "For ever" --receipt r.json &
      ! confirm: waiting for an answer to <GRANT>, which expires at ...
      $ confirm --home bob accept "$GRANT"
      ! confirm: Say which option with --choice: "15m", "For ever"
      = 4
      $ confirm --home bob accept "$GRANT" --choice 15m
      > accepted
      ! confirm: accepting
      ! ...
      !   option   15m: For 15 minutes
      !   option   For ever: For ever
      ! ...
      $ wait
      > accepted: 15m
      $ stat -c %a r.json
      > 600
      $ confirm verify r.json
      > The receipt verifies.
      >   from     <FROM> (key <ASKER>)
      >   to       bob@localhost
      >   asked    Grant Administrator
      >   option   For 15 minutes
      >   option   For ever
      >   when     ...Z (the enquirer says)
      >   answer   accepted: For 15 minutes
      >   by       device <BOB> (first-use when it was taken)
      >   signed   ...Z (the device says)
      >   received ...Z (the broker says)
      >   request  <GRANT>
      >   passed   answer signature: by <BOB>
      >   passed   request signature: by <ASKER>
      >   passed   text: it is SRML that a responder shows, and is what was signed
      >   passed   choice: it is one of the request's options
      >   passed   dates: those of enquirer and device agree
      >   passed   stamp: by the broker's key ...
      >   passed   device: pinned for bob@localhost
      $ confirm --home stranger verify r.json
      ! confirm: passed   answer signature: by <BOB>
      ! confirm: passed   request signature: by <ASKER>
      ! ...
      ! confirm: failed   device: Signed by <BOB>, a device that is not pinned for bob@localhost.
      ! confirm: The receipt does not verify.
      = 1
      $ confirm --home stranger verify r.json --json
      > {"verified":false,"error":"not_anchored",...,"checks":[{"name":"answer_signature","outcome":"passed",...{"name":"device","outcome":"failed",...]}
      ! ...
      = 1
      $ confirm --home stranger verify r.json --pin "$BOB" --json
      > {"verified":true,"from":"<FROM>","fromKid":"<ASKER>","to":"bob@localhost",...,"label":"For 15 minutes",...}
      $ confirm --home stranger verify r.json --pin "$ASKER"
      ! ...
      ! confirm: failed   device: Signed by <BOB>, a device that is not pinned for bob@localhost.
      ! confirm: The receipt does not verify.
      = 1
      $ confirm verify none.json
      ! confirm: none.json cannot be read.
      = 4
    `));

  it("verifies a file of many receipts, and it is good only where each of them is", () =>
    shell.play(`
      $ node -e 'const {Receipt} = JSON.parse(fs.readFileSync("r.json")); fs.writeFileSync("all.json", JSON.stringify({Receipts: [Receipt, Receipt]})); Receipt.BrokerID = "BAD"; Receipt.Response.payload += "AAAA"; fs.writeFileSync("bad.json", JSON.stringify({Receipts: [JSON.parse(fs.readFileSync("r.json")).Receipt, Receipt]}))'
      $ confirm verify all.json
      > The receipt verifies.
      > ...
      > 2 of 2 receipts verify.
      $ confirm --home stranger verify all.json --pin "$BOB" --json
      > {"verified":true,"receipts":[{"verified":true,...},{"verified":true,...}]}
      $ confirm verify bad.json
      > The receipt verifies.
      > ...
      > 1 of 2 receipts verify.
      ! confirm: BAD does not verify: ...
      = 1
    `));

  it("asks for a code that the user types, and takes another one for no yes", () =>
    shell.play(`
      $ confirm ask bob@localhost "Pay" --match &
      ! confirm: the code is <TYPED>: the user types it to accept
      ! confirm: waiting for an answer to <PAY>, which expires at ...
      $ confirm --home bob accept "$PAY"
      ! confirm: The request asks for the code that the sender shows: digits, with --code.
      = 4
      $ confirm --home bob accept "$PAY" --code "$TYPED"
      > accepted
      ! ...
      !   code     to accept, type the code that the sender shows: --code
      ! ...
      $ wait
      > accepted: <TYPED>
      $ confirm ask bob@localhost "Pay again" --match --json &
      ! confirm: the code is ...
      ! confirm: waiting for an answer to <AGAIN>, which expires at ...
      $ confirm --home bob accept "$AGAIN" --code 0000000
      > accepted
      ! ...
      $ wait
      > {"result":"wrong_code","brokerId":"<AGAIN>"}
      = 1
    `));

  it("is refused where the user blocked the sender, and asked again where not", () =>
    shell.play(`
      $ confirm --home bob policy block "$ASKER"
      > bob@localhost takes requests of all senders that are not blocked
      >   block    <ASKER>
      $ confirm ask bob@localhost "Blocked"
      ! confirm: The account does not take requests from this sender.
      = 3
      $ confirm --home bob policy remove "$ASKER" --json
      > {"Account":"bob@localhost","Block":[],"Allow":[],"AllowOnly":false,"CoolDowns":[...]}
      $ confirm --home bob policy only maybe
      ! confirm: Say on or off: confirm policy only on
      = 4
      $ confirm keys export > asker.jwk && confirm enquirer add asker.jwk --name "A test" --data "$DATA"
      > <ASKER>
      $ confirm enquirer list --data "$DATA"
      > <ASKER>  A test
      $ confirm enquirer add r.json --data "$DATA"
      ! confirm: r.json is not a public key: ...
      = 4
      $ confirm enquirer remove "$ASKER" --data "$DATA"
      > removed <ASKER>
      $ confirm enquirer remove "$ASKER" --data "$DATA"
      ! confirm: <ASKER> is not registered.
      = 4
    `));

  it("goes on under the broker's next key, which asker and device follow and say so", () =>
    shell.play(`
      $ confirm service-key show --data "$DATA" | cut -c 36-
      >   signs
      $ confirm service-key rotate --in 1s --data "$DATA"
      > <NEXT>
      ! confirm: announced; it takes over from <FORMER> at ...
      $ sleep 2; confirm service-key show --data "$DATA"
      > <FORMER>  former  until ...
      > <NEXT>  signs  from ...
      $ confirm post bob@localhost "Under the next key"
      > <LATER>
      ! confirm: the key of $ENDPOINT is now <NEXT>, signed by the pinned one, <FORMER>, which it follows
      $ confirm --home bob reject "$LATER"
      > rejected
      ! confirm: the key of $ENDPOINT is now <NEXT>, signed by the pinned one, <FORMER>
      ! ...
      $ confirm status "$LATER"
      > rejected
    `));

  it("ends with the account, and whoever asks is told", () =>
    shell.play(`
      $ confirm ask bob@localhost "Too late" --json &
      ! confirm: waiting for an answer to <LATE>, which expires at ...
      $ confirm account remove bob@localhost --data "$DATA"
      > removed bob@localhost
      $ wait
      > {"result":"removed","brokerId":"<LATE>"}
      = 3
      $ confirm account remove bob@localhost --data "$DATA"
      ! confirm: There is no account bob@localhost.
      = 4
      $ confirm ask bob@localhost "Too late"
      ! confirm: ...
      = 3
      $ confirm --home bob pending
      ! confirm: ...
      = 3
    `));
});
