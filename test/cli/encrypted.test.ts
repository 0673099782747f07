/** A secret confirmation by the command line alone, and what is left of it at the broker: nothing that can be read. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Shell } from "../support/shell.ts";
import { System } from "../support/system.ts";

const SECRET = "Open the secret pod bay doors";
const CLEAR = "Open the public pod bay doors";

let system: System;
let shell: Shell;

beforeAll(async () => {
  system = await System.start({ limits: false });
  shell = new Shell(system);
});

afterAll(() => system.close());

/** Whether bytes hold a text, as it is or in any of its three alignments under base64url. */
function holds(bytes: Buffer, text: string): boolean {
  const encoded = [0, 1, 2].map((shift) =>
    Buffer.from("\0".repeat(shift) + text)
      .toString("base64url")
      // The signs at either end depend on what stands beside the text.
      .slice(shift === 0 ? 0 : shift + 1, -2),
  );
  return [text, ...encoded].some((form) => bytes.includes(form));
}

/** Every file of the broker, the write-ahead log among them. */
async function brokersFiles(): Promise<readonly { readonly name: string; readonly bytes: Buffer }[]> {
  const names = await readdir(system.data, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ name, parentPath }) => ({ name, bytes: await readFile(join(parentPath, name)) })),
  );
}

describe("a secret confirmation by the command line alone", { timeout: 120_000 }, () => {
  it("is asked, listed with its mark, accepted, and leaves a receipt that anybody can verify", () =>
    shell.play(`
      $ confirm account add bob@localhost --data "$DATA"
      > <CODE>
      ! confirm: added bob@localhost; its connect code:
      $ confirm --home bob connect bob@localhost "$CODE"
      > <BOB>
      ! ...
      $ confirm ask bob@localhost "${SECRET}" --encrypt --pin "$BOB" --button yes="Open them now" --receipt r.json &
      ! confirm: first use of $ENDPOINT: its key is <BROKER>, now pinned
      ! confirm: waiting for an answer to <ID>, which expires at ...
      $ confirm --home bob pending
      > <ID>
      >   from     unverified, claims to be ... (<ASKER>)
      >   asks     ${SECRET}
      >   option   yes: Open them now
      >   expires  ...Z
      >   secret   encrypted: only this device and the sender can read it
      $ confirm --home bob accept "$ID"
      > accepted
      ! confirm: accepting
      ! ...
      $ wait
      > accepted: yes
      $ confirm verify r.json --pin "$BOB"
      > The receipt verifies.
      > ...
      $ confirm status "$ID"
      > accepted: yes
    `));

  it("is posted, rejected, and its answer decrypted by whoever asks for its status", () =>
    shell.play(`
      $ confirm post bob@localhost "${SECRET}" --encrypt --pin "$BOB"
      > <NO>
      $ confirm status "$NO"
      > pending
      $ confirm --home bob reject "$NO" --unknown
      > rejected
      ! ...
      $ confirm status "$NO"
      > rejected: the user did not start this
    `));

  it("is not even asked where the broker cannot name the pinned device", () =>
    shell.play(`
      $ confirm ask bob@localhost "${SECRET}" --encrypt --pin MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL
      ! confirm: the broker names a device of bob@localhost that is not pinned and does not count: ...
      ! confirm: The broker has no profile of the device MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL of bob@localhost, so nothing ...
      = 3
    `));

  it("leaves no text, option or answer in the broker's files and log, where one in clear leaves all of it", async () => {
    await shell.play(`
      $ confirm post bob@localhost "${CLEAR}" --pin "$BOB"
      > <OPEN>
    `);
    const files = await brokersFiles();
    expect(files.map(({ name }) => name)).toContainEqual(expect.stringMatching(/-wal$/));
    const holding = (text: string): readonly string[] =>
      files.filter(({ bytes }) => holds(bytes, text)).map(({ name }) => name);
    expect(holding(CLEAR)).not.toEqual([]);
    for (const secret of [SECRET, "Open them now", '"Value":', "did not start"]) expect(holding(secret)).toEqual([]);
    const log = Buffer.from((await system.stopBroker("SIGTERM"))?.stderr ?? "");
    expect(holds(log, '"event":"posted"')).toBe(true);
    for (const text of [SECRET, CLEAR, "Open them now"]) expect(holds(log, text)).toBe(false);
  });
});
