/** `confirm broker`, and the ways to say which broker is meant. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import { connectTestDevice } from "../support/device.ts";
import { freePort, System } from "../support/system.ts";

let system: System;

beforeAll(async () => {
  system = await System.start();
});

afterAll(() => system.close());

describe("confirm broker", { timeout: 120_000 }, () => {
  it("says where it listens and whose key it has, and ends with 0 when it is told to stop", async () => {
    const port = await freePort();
    const typed = ["broker", "--listen", `127.0.0.1:${port}`, "--data", join(system.folder, "second"), "--json"];
    const ends = [];
    const kids = [];
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const { child, finished } = system.spawn(...typed);
      await waitUntil("it serves", 30_000, () =>
        fetch(`http://127.0.0.1:${port}/.well-known/confirm`, { method: "POST", body: '{"HelloRequest":{}}' })
          .then((answer) => (answer.ok ? true : undefined))
          .catch(() => undefined),
      );
      child.kill(signal);
      const { code, stdout, stderr } = await finished;
      const said = JSON.parse(stdout) as { readonly endpoint: string; readonly serviceKid: string };
      ends.push(code);
      kids.push(said.serviceKid);
      expect(said.endpoint).toBe(`http://127.0.0.1:${port}/.well-known/confirm`);
      expect(stderr).toContain(`confirm: the broker listens at ${said.endpoint}; its key is ${said.serviceKid}\n`);
    }
    expect(ends).toEqual([0, 0]);
    expect(kids[0]).toBe(kids[1]);
  });

  it("does not start where it could not be used safely, and says what to do", async () => {
    const refusals = [
      [["--listen", "0.0.0.0:8787"], "speaks TLS: --tls-cert FILE --tls-key FILE"],
      [["--listen", "[::]:8787"], "speaks TLS: --tls-cert FILE --tls-key FILE"],
      [["--tls-cert", "cert.pem"], "--tls-cert and --tls-key are given together."],
      [["--tls-cert", "none.pem", "--tls-key", "none.pem"], "The certificate none.pem cannot be read"],
      [["--behind-proxy", "nginx"], '"nginx" is not an address'],
      [["--listen", "8787"], "--listen looks like 127.0.0.1:8787."],
      [["--listen", `127.0.0.1:${system.port}`, "--data", join(system.folder, "third")], "confirm: "],
      [["--listen", "127.0.0.1:0", "--policy", "none.json"], "The policy file none.json cannot be read."],
    ] as const;
    for (const [typed, sentence] of refusals) {
      const { code, stdout, stderr } = await system.confirm("broker", ...typed);
      expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
      expect(stderr).toContain(sentence);
    }
  });
});

describe("the broker that is meant", { timeout: 120_000 }, () => {
  it("is an origin or a whole endpoint, by option before environment", async () => {
    const bob = await connectTestDevice(system, "bob@localhost");
    const forms = [["--broker", `${system.origin}/`], ["--broker", `${system.origin}/.well-known/confirm/`], []];
    for (const [at, form] of forms.entries()) {
      const home = join(system.folder, `form-${at}`);
      const { code, stderr } = await system.confirm("--home", home, ...form, "post", "bob@localhost", "Open");
      expect(code).toBe(0);
      expect(stderr).toContain(`first use of ${system.origin}/.well-known/confirm: `);
    }
    expect(await bob.pending()).toHaveLength(forms.length);
    const elsewhere = await system.confirm("--broker", "http://localhost:9", "post", "bob@localhost", "Open");
    expect(elsewhere).toMatchObject({
      code: 3,
      stderr: "confirm: http://localhost:9/.well-known/confirm cannot be reached.\n",
    });
  });

  it("is this machine's for localhost, and the account's domain for any other, where none is named", async () => {
    // An empty variable is none.
    const bare = (...typed: readonly string[]) =>
      system.confirm("--broker", "", "--home", join(system.folder, "bare"), ...typed);
    const [local, domain, connect] = await Promise.all([
      bare("post", `nobody-${process.pid}@localhost`, "Open"),
      bare("post", "bob@confirm.invalid", "Open"),
      bare("connect", "bob@Confirm.INVALID", "ABCD-EFGH-2345-QRST"),
    ]);
    // Something may listen there; whatever it is, it was asked.
    expect(local.code).toBe(3);
    expect(local.stderr).toContain("http://127.0.0.1:8787/.well-known/confirm");
    for (const end of [domain, connect]) {
      expect(end).toMatchObject({
        code: 3,
        stderr: "confirm: https://confirm.invalid/.well-known/confirm cannot be reached.\n",
      });
    }
  });

  it("is the one that a device is connected to, whatever the others are", async () => {
    const code = await system.code("carla@localhost");
    const home = join(system.folder, "carla");
    expect((await system.confirm("--home", home, "connect", "carla@localhost", code)).code).toBe(0);
    const pending = await system.confirm("--home", home, "--broker", "http://localhost:9", "pending", "--json");
    expect(pending).toMatchObject({ code: 0, stdout: "[]\n" });
  });
});

describe("a broker with another key than the one that is pinned", { timeout: 120_000 }, () => {
  it("is believed neither by a device nor by an enquirer", async () => {
    const code = await system.code("dora@localhost");
    expect((await system.confirm("connect", "dora@localhost", code)).code).toBe(0);
    expect((await system.confirm("post", "dora@localhost", "Open")).code).toBe(0);
    await system.stopBroker();
    await rm(system.data, { recursive: true });
    await system.startBroker();
    await system.code("dora@localhost");
    for (const typed of [["pending"], ["post", "dora@localhost", "Open"]]) {
      const { code: ended, stdout, stderr } = await system.confirm(...typed);
      expect({ ended, stdout }).toEqual({ ended: 4, stdout: "" });
      expect(stderr).toMatch(/another key/);
    }
  });
});
