/** Several devices of an account, by the command line alone, on the built `confirm` and a broker of its own. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Finished, System } from "../support/system.ts";

let system: System;
beforeAll(async () => {
  system = await System.start();
});
afterAll(() => system.close());

const BOB = "bob@localhost";
const homeOf = (name: string): string => join(system.folder, name);
const at = (name: string, ...args: readonly string[]): Promise<Finished> =>
  system.confirm("--home", homeOf(name), ...args);
const operator = (...args: readonly string[]): Promise<Finished> => system.confirm(...args, "--data", system.data);

async function done(finished: Promise<Finished>): Promise<string> {
  const { code, stdout, stderr } = await finished;
  if (code !== 0) throw new Error(`${code}: ${stderr}`);
  return stdout.trim();
}
/** Connects a home as a device; its fingerprint. */
async function connect(name: string): Promise<string> {
  return done(at(name, "connect", BOB, await system.code(BOB), "--name", name));
}
/** Asks, answers yes at this home, and gives how `ask` ended. */
async function ask(name: string, ...more: readonly string[]): Promise<Finished> {
  const asking = system.spawn("ask", BOB, "Open pod bay doors", ...more);
  let over: Finished | undefined;
  void asking.finished.then((finished) => (over = finished));
  const isOver = (): boolean => over !== undefined;
  while (!isOver()) {
    const { stdout } = await at(name, "pending", "--json");
    const [request] = JSON.parse(stdout === "" ? "[]" : stdout) as readonly { readonly id: string }[];
    if (request === undefined) continue;
    await done(at(name, "accept", request.id));
    break;
  }
  return asking.finished;
}

describe("several devices of an account", { timeout: 240_000 }, () => {
  it("are let in by typing, answer with a receipt that verifies, are listed, revoked and replaced", async () => {
    const laptop = await connect("laptop");
    expect((await ask("laptop")).code).toBe(0);

    // A second device waits until the first one types the end of its fingerprint.
    const phone = await connect("phone");
    expect((await at("phone", "pending")).code).toBe(3);
    const waiting = await done(at("laptop", "pending"));
    expect(waiting).toContain(`to let a new device answer for ${BOB}`);
    expect(waiting).toContain(phone.slice(0, 23));
    expect(waiting).not.toContain(phone.slice(-11));
    const id = waiting.split("\n")[0] ?? "";
    expect((await at("laptop", "accept", id)).code).toBe(4);
    const mistyped = await at("laptop", "accept", id, "--device", "AAAAA-AAAAA");
    expect(mistyped).toMatchObject({ code: 3, stdout: "" });
    expect(mistyped.stderr).toMatch(/not the end of the device's fingerprint/);
    expect(await done(at("laptop", "accept", id, "--device", phone.slice(-11).toLowerCase()))).toBe("accepted");

    // The second one answers; the receipt verifies from what the asker pinned, and from those two fingerprints.
    const file = join(system.folder, "receipt.json");
    expect((await ask("phone", "--receipt", file)).code).toBe(0);
    expect(await done(system.confirm("verify", file))).toContain(`endorsed by ${laptop}, pinned for ${BOB}`);
    const pins = JSON.parse(await done(system.confirm("pins", "list", "--json"))) as {
      readonly services: readonly { readonly kid: string }[];
    };
    const broker = pins.services[0]?.kid ?? "";
    const stranger = homeOf("stranger");
    const verify = (...given: readonly string[]): Promise<Finished> =>
      system.confirm("--home", stranger, "verify", file, ...given.flatMap((pin) => ["--pin", pin]));
    expect((await verify(laptop, `broker:${broker}`)).code).toBe(0);
    expect(await verify(laptop)).toMatchObject({ code: 1 });
    expect((await verify(laptop)).stderr).toContain(broker);
    expect(await done(verify(broker))).toContain(`not pinned: only the broker ${broker} says`);

    // Both sides list them; a device revokes what it let in.
    for (const listed of [
      await done(at("laptop", "device", "list")),
      await done(operator("device", "list", "--id", BOB)),
    ]) {
      expect(listed.split("\n").map((line) => line.split(/ {2,}/).filter((_, index) => index !== 2))).toEqual([
        [laptop, "active", "laptop"],
        [phone, "active", "phone"],
      ]);
    }
    expect((await at("phone", "device", "revoke", laptop)).code).toBe(3);
    expect(await done(at("laptop", "device", "revoke", phone))).toBe(`revoked ${phone}`);
    expect((await at("phone", "pending")).code).toBe(3);
    expect(await done(at("laptop", "device", "list"))).toContain(`${phone}  revoked`);

    // All lost: the operator starts the account anew, and whoever had pinned a device gets an alarm.
    const recovered = await operator("account", "recover", BOB);
    expect(recovered.stdout).toMatch(/^[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}\n$/);
    const tablet = await done(at("tablet", "connect", BOB, recovered.stdout.trim()));
    for (let time = 0; time < 2; time++) {
      const alarmed = await system.confirm("ask", BOB, "Open pod bay doors");
      expect(alarmed).toMatchObject({ code: 4, stdout: "" });
      expect(alarmed.stderr).toContain("device replaced by the operator");
    }
    await done(system.confirm("pins", "add", BOB, tablet));
    expect((await ask("tablet")).code).toBe(0);

    const { AccountEntry } = JSON.parse(await done(operator("account", "export", BOB, "--json"))) as {
      readonly AccountEntry: Record<string, readonly object[]>;
    };
    expect(AccountEntry).toMatchObject({ ResponderAccount: BOB, RequestIDs: [] });
    expect(AccountEntry["ResponseIDs"]).toHaveLength(4);
    expect(AccountEntry["Devices"]).toMatchObject([
      { Kid: laptop, State: "revoked", Revocation: {} },
      { Kid: phone, State: "revoked", Endorsement: {}, Revocation: {} },
      { Kid: tablet, State: "active" },
    ]);

    // The operator cuts a device off; the last one leaves nothing that could answer.
    expect((await operator("device", "revoke", tablet)).code).toBe(4);
    expect(await done(operator("device", "revoke", tablet, "--id", BOB))).toBe(`cut off ${tablet}`);
    expect((await at("tablet", "pending")).code).toBe(3);
  });

  it("may say no to a device, and revoke themselves, which throws their keys away", async () => {
    const carol = "carol@localhost";
    await done(at("one", "connect", carol, await system.code(carol)));
    await done(at("two", "connect", carol, await system.code(carol)));
    const id = (await done(at("one", "pending"))).split("\n")[0] ?? "";
    expect(await done(at("one", "reject", id, "--unknown"))).toBe("rejected");
    expect(await done(at("one", "device", "list"))).toMatch(/ revoked /);
    const last = await at("one", "device", "revoke");
    expect(last.code).toBe(0);
    expect(last.stderr).toContain("the last device");
    expect((await at("one", "pending")).stderr).toContain("No account is connected here");
  });
});

describe("an open broker", { timeout: 120_000 }, () => {
  it("lets a device make its account without a code, once, and says that nothing was proved", async () => {
    const open = await System.start(undefined, ["--open"]);
    try {
      const home = (name: string): readonly string[] => ["--home", join(open.folder, name)];
      const first = await open.confirm(...home("one"), "connect", "dave@localhost");
      expect(first.code).toBe(0);
      expect(first.stderr).toContain("nothing proved that its key is the right one");
      const second = await open.confirm(...home("two"), "connect", "dave@localhost");
      expect(second).toMatchObject({ code: 3, stdout: "" });
      expect(second.stderr).toContain("needs a connect code");
      expect((await open.confirm(...home("three"), "connect", "confirm@localhost")).code).toBe(3);
    } finally {
      await open.close();
    }
  });
});
