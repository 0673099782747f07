/** A broker that means harm to the terminal: what it says is shown as it is, or not at all. */
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FalseBroker, openFalseBroker } from "../support/false-broker.ts";
import { newKey, profileOf } from "../support/signing.ts";
import { type Finished, System } from "../support/system.ts";
import { sendJson } from "../support/wire.ts";

/** Clears a screen, moves the cursor in eight bits, turns a line around. */
const HARM = ["\u001b[2J", "\u009b1;1H", "\u202eyes"];

let system: System;
let broker: FalseBroker;

beforeAll(async () => {
  system = await System.start();
});

afterAll(() => system.close());

beforeEach(async () => {
  broker = await openFalseBroker();
  broker.profiles = [await profileOf(await newKey(), "erin@localhost")];
  return () => broker.wire.close();
});

const confirm = (...typed: readonly string[]): Promise<Finished> =>
  system.confirm("--home", join(system.folder, broker.service.kid), "--broker", broker.wire.endpoint, ...typed);

/** Nothing but printable ASCII and line feeds, and for the sentence this and no more. */
function expectHarmless({ code, stdout, stderr }: Finished): void {
  expect(code).toBe(3);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/confirm: \(a text that a terminal should not show\)\n$/);
  expect(stderr).toMatch(/^[ -~\n]*$/);
}

describe("a StatusDescription that would act on the terminal", { timeout: 120_000 }, () => {
  it("is not shown, though the pinned key signed it", async () => {
    for (const text of HARM) {
      const refusal = { Status: 403, StatusDescription: `Sorry ${text} again` };
      broker.says.set("Enquire", () => ({ EnquireResponse: refusal }));
      expectHarmless(await confirm("post", "erin@localhost", "Open pod bay doors"));
    }
  });

  it("is in the JSON as the same text, in ASCII", async () => {
    const text = HARM.join(" ");
    broker.says.set("Enquire", () => ({ EnquireResponse: { Status: 403, StatusDescription: text } }));
    const { code, stdout } = await confirm("post", "erin@localhost", "Open pod bay doors", "--json");
    expect(code).toBe(3);
    expect(stdout).toMatch(/^[ -~]*\n$/);
    expect(JSON.parse(stdout)).toEqual({ error: "undeliverable", message: text });
  });

  it("is not shown to who connects a device, where nothing is signed yet", async () => {
    broker.wire.behaviour = (_call, response) => {
      sendJson(response, { ConfirmResponse: { Status: 401, StatusDescription: HARM[0] } });
    };
    expectHarmless(await confirm("connect", "erin@localhost", "ABCD-EFGH-2345-QRST"));
  });
});

describe("a broker's sentence", { timeout: 120_000 }, () => {
  it("in any script is shown", async () => {
    const text = "Zu viele Anfragen. طلبات كثيرة. 请求过多";
    broker.says.set("Enquire", () => ({ EnquireResponse: { Status: 429, StatusDescription: text } }));
    const { code, stderr } = await confirm("post", "erin@localhost", "Open pod bay doors");
    expect(code).toBe(3);
    expect(stderr).toContain(`confirm: ${text}\n`);
  });
});

describe("an answer that is no answer", { timeout: 120_000 }, () => {
  it("gives no yes: unsigned, signed by another key, of another call, or none of the protocol", async () => {
    const other = await newKey();
    const lies = [
      (call: string) => call,
      () => '{"StatusResponse":{"Status":201,"Response":{"RequestStatus":"REPLY"}}}',
      () => JSON.stringify({ payload: "e30", protected: "e30", signature: other.kid }),
      () => "<html>502 Bad Gateway</html>",
    ];
    for (const lie of lies) {
      broker.wire.behaviour = (call, response) => {
        if (call.message["HelloRequest"] === undefined) sendJson(response, lie(call.body));
        else sendJson(response, { HelloResponse: { Status: 201, ServiceKey: broker.service.jwk } });
      };
      const { code, stdout } = await confirm("ask", "erin@localhost", "Open pod bay doors", "--timeout", "1s");
      expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    }
  });
});
