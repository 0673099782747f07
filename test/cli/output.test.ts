/** What comes out where: results on stdout, all else on stderr, one JSON value where it was asked for, help that helps. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectTestDevice, type Device } from "../support/device.ts";
import { Shell } from "../support/shell.ts";
import { System } from "../support/system.ts";

const KID = "MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL";
const BROKER_ID = "RBKXX-2Q7AB-ZQK2N-5VEIR-4W2LM-OXJ7D";

let system: System;
let shell: Shell;
let bob: Device;

beforeAll(async () => {
  system = await System.start({ limits: false });
  shell = new Shell(system);
  bob = await connectTestDevice(system, "bob@localhost");
});

afterAll(() => system.close());

/** A few at a time: all at once on two cores would be slower, and no test of anything. */
async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const rest = [...items.entries()];
  const lane = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all([lane(), lane(), lane()]);
  return results;
}

describe("help", { timeout: 120_000 }, () => {
  it("is what help prints, and goes to stdout", async () => {
    const [asked, command, topic] = await each([["ask", "--help"], ["help", "ask"], ["help"]], (typed) =>
      system.confirm(...typed),
    );
    expect(asked).toMatchObject({ code: 0, stderr: "" });
    expect(asked?.stdout).toMatch(/^Usage: confirm ask /);
    expect(command).toEqual(asked);
    expect(topic).toMatchObject({ code: 0, stderr: "" });
  });

  it("is pointed to when something was mistyped, with exit code 4 and nothing on stdout", () =>
    shell.play(`
      $ confirm ask bob@localhost "Open" --tiemout 5s
      ! error: unknown option '--tiemout'
      ! (Did you mean --timeout?)
      ! (see: confirm ask --help)
      = 4
      $ confirm ask
      ! error: missing required argument 'account'
      ! (see: confirm ask --help)
      = 4
      $ confirm pins add bob@localhost
      ! error: missing required argument 'kid'
      ! (see: confirm pins add --help)
      = 4
      $ confirm accept A B
      ! error: too many arguments for 'accept'. Expected 1 argument but got 2.
      ! (see: confirm accept --help)
      = 4
      $ confirm opne
      ! error: unknown command 'opne'
      ! (see: confirm --help)
      = 4
      $ confirm status ${BROKER_ID} --wait 61
      ! confirm: --wait is 0 to 60 seconds.
      = 4
      $ confirm account
      ! Usage: confirm account [options] [command]
      ! ...
      = 4
      $ confirm --version
      > ...
    `));
});

describe("--json", { timeout: 120_000 }, () => {
  /** Each fails in its own way: mistyped, not there, unreachable, not verified. */
  const FAILURES: readonly (readonly [number, string, ...string[]])[] = [
    [4, "usage", "account"],
    [4, "usage", "ask", "bob@localhost", "Open", "--receipt", "r.json", "--bogus"],
    [4, "usage", "post", "bob@localhost", "Open", "--expire", "1y"],
    [4, "usage", "status", BROKER_ID],
    [3, "refused", "connect", "bob@localhost", "ABCD-EFGH-2345-QRST"],
    [3, "unreachable", "connect", "bob@localhost", "ABCD-EFGH-2345-QRST", "--broker", "http://127.0.0.1:9"],
    [4, "usage", "pending"],
    [4, "usage", "pins", "remove", KID],
    [1, "malformed", "verify", join(import.meta.dirname, "../../package.json")],
    [4, "account", "account", "add", "no account"],
    [4, "options", "broker", "--listen", "127.0.0.1:0", "--public-url", "ftp://x"],
    [4, "policy", "broker", "--listen", "127.0.0.1:0", "--policy", "package.json"],
  ];

  it("prints one value on stdout also where a command fails", async () => {
    await each(FAILURES, async ([code, error, ...typed]) => {
      const end = await system.confirm(...typed, "--json");
      expect({ typed, code: end.code, ...(JSON.parse(end.stdout) as object) }).toMatchObject({ typed, code, error });
      expect(end.stdout.split("\n")).toHaveLength(2);
      expect(end.stderr).not.toBe("");
    });
  });

  it("prints one value on stdout where a command has nothing to list", async () => {
    const home = join(system.folder, "empty");
    const lists = [
      ["pins", "list"],
      ["account", "list"],
      ["keys", "show"],
    ];
    const [pins, accounts, keys] = await each(lists, (typed) => system.confirm("--home", home, ...typed, "--json"));
    expect(JSON.parse(pins?.stdout ?? "")).toEqual({ devices: [], services: [], revocations: [], presence: [] });
    expect(JSON.parse(accounts?.stdout ?? "")).toEqual([]);
    expect(JSON.parse(keys?.stdout ?? "")).toEqual({ enquirer: expect.stringMatching(/^M/) as string, devices: [] });
  });
});

describe("the exit code", { timeout: 120_000 }, () => {
  it("is the same whether anybody reads the result or not", async () => {
    const asking = shell.play(`
      $ confirm ask bob@localhost "Nobody reads" 2>/dev/null | true; echo \${PIPESTATUS[0]}
      > 0
      $ confirm ask bob@localhost "Nobody reads" 2>&1 | true; echo \${PIPESTATUS[0]}
      > 1
      $ confirm keys show >&-
      $ confirm pins list --json | true; echo \${PIPESTATUS[0]}
      > 0
      $ confirm ask bob@localhost "Nobody reads" --expire never 2>&1 | true; echo \${PIPESTATUS[0]}
      > 4
      $ confirm --help | true; echo \${PIPESTATUS[0]}
      > 0
    `);
    await bob.answer(await bob.next(), true);
    await bob.answer(await bob.next(), false);
    await asking;
  });

  it("is 4, with a sentence, where the home cannot be a folder", async () => {
    await mkdir(shell.folder, { recursive: true });
    await shell.play(`
      $ touch file
      $ confirm --home file keys show
      ! confirm: ...: a part of the path is not a folder.
      = 4
      $ confirm --home file/under post bob@localhost "Open"
      ! confirm: ...: a part of the path is not a folder.
      = 4
    `);
  });
});
