/** How `confirm ask` ends: each exit code by a real way to it, and 0 by an acceptance alone. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectTestDevice, type Device } from "../support/device.ts";
import { type Finished, System } from "../support/system.ts";

const STRANGER = "MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL";

let system: System;
let bob: Device;

beforeAll(async () => {
  system = await System.start({ limits: false });
  bob = await connectTestDevice(system, "bob@localhost");
});

afterAll(() => system.close());

/** The BrokerID in what was said on stderr. */
function brokerIdIn({ stderr }: Finished): string {
  return /R[A-D][A-Z2-7]{3}(?:-[A-Z2-7]{5}){5}/.exec(stderr)?.[0] ?? "";
}

describe("ask exits with", { timeout: 120_000 }, () => {
  it("0 when it was accepted", async () => {
    const asking = system.confirm("ask", "bob@localhost", "Open pod bay doors", "--json");
    expect(await bob.answer(await bob.next(), true)).toBe(201);
    const { code, stdout } = await asking;
    expect(JSON.parse(stdout)).toMatchObject({ result: "accepted", deviceKid: bob.kid, trust: "first-use" });
    expect(code).toBe(0);
  });

  it("1 when it was rejected", async () => {
    const asking = system.confirm("ask", "bob@localhost", "Open pod bay doors", "--pin", bob.kid.toLowerCase());
    expect(await bob.answer(await bob.next(), false)).toBe(201);
    expect(await asking).toMatchObject({ code: 1, stdout: "rejected\n" });
  });

  it("2 when it expired, and when nobody answered in time; then it is cancelled at the broker", async () => {
    const [expired, late] = await Promise.all([
      system.confirm("ask", "bob@localhost", "Expires soon", "--expire", "3s", "--timeout", "1m"),
      system.confirm("ask", "bob@localhost", "Nobody comes", "--timeout", "1s"),
    ]);
    expect(expired).toMatchObject({ code: 2, stdout: "no answer: the request expired\n" });
    expect(late).toMatchObject({ code: 2, stdout: "no answer in time\n" });
    expect((await system.confirm("status", brokerIdIn(late))).stdout).toBe("no answer: the request was cancelled\n");
    expect(await bob.pending()).toEqual([]);
  });

  it("3 for an account that the broker does not know, and one whose broker is not there", async () => {
    const [unknown, down] = await Promise.all([
      system.confirm("ask", "nobody@localhost", "Open pod bay doors"),
      system.confirm("ask", "bob@localhost", "Open pod bay doors", "--broker", "http://127.0.0.1:9", "--json"),
    ]);
    expect(unknown).toMatchObject({ code: 3, stdout: "" });
    expect(unknown.stderr).toContain("confirm: There is no such account at this broker.\n");
    expect(down.code).toBe(3);
    const message = "http://127.0.0.1:9/.well-known/confirm cannot be reached.";
    expect(JSON.parse(down.stdout)).toEqual({ error: "undeliverable", message });
  });

  it("3 when it asks in the name of an account of the broker's own without that account's key", async () => {
    const asked = await system.confirm("ask", "bob@localhost", "Let me in", "--from", "bob@localhost");
    expect(asked).toMatchObject({ code: 3, stdout: "" });
  });

  it("4 when the answer is by a device that is not the pinned one, and says whose it is", async () => {
    const asking = system.confirm("ask", "bob@localhost", "Open pod bay doors", "--pin", STRANGER);
    await bob.answer(await bob.next(), true);
    const { code, stdout, stderr } = await asking;
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toContain(
      `signed by ${bob.kid}, which is not a pinned device of bob@localhost, nor endorsed by one. It does not count.`,
    );
    expect(stderr.split(`not pinned and does not count: ${bob.kid}\n`)).toHaveLength(2);
  });

  it("4 when the broker's key is not the pinned one", async () => {
    const home = join(system.folder, "swapped");
    const other = JSON.parse((await system.confirm("keys", "export")).stdout) as { readonly kid: string };
    const { kid, ...jwk } = other;
    const pin = { endpoint: `${system.origin}/.well-known/confirm`, kid, jwk, added: "2026-01-01T00:00:00Z" };
    await mkdir(home, { recursive: true });
    await writeFile(join(home, "pins.json"), JSON.stringify({ devices: [], services: [pin] }));
    const asked = await system.confirm("--home", home, "ask", "bob@localhost", "Open pod bay doors", "--json");
    expect(asked.code).toBe(4);
    expect(JSON.parse(asked.stdout)).toMatchObject({ error: "broker_key_changed" });
    expect(await bob.pending()).toEqual([]);
  });
});
