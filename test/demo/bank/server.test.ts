/** The bank's door: who gets in, what a form must carry, what every answer says to the browser. No broker is running. */
import { request } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CUSTOMER } from "../../../src/demo/bank/first-state.ts";
import { type RunningBank, startBank } from "../../../src/demo/bank/start-bank.ts";
import { BankCustomer, hiddenFields } from "../../support/bank-customer.ts";
import { SOME_TIME } from "../../support/fake-clock.ts";
import { freePort } from "../../support/system.ts";

const MINUTE = 60_000;
const EVIL = `"><script>alert(1)</script>`;
const LOGIN = { user: CUSTOMER.user, password: CUSTOMER.password };

let folder = "";
let bank: RunningBank;
let now = SOME_TIME;
let alice: BankCustomer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ethel-test-"));
  const broker = `http://127.0.0.1:${await freePort()}`;
  bank = await startBank({ data: folder, port: 0, broker, clock: () => now });
});
beforeEach(() => {
  // The wrong passwords of one test are forgotten in the next.
  now += 60 * MINUTE;
  alice = new BankCustomer(bank.url);
});
afterAll(async () => {
  await bank.close();
  await rm(folder, { recursive: true, force: true });
});

describe("login", () => {
  it("lets nobody see or do anything before it", async () => {
    for (const path of ["/", "/pay", "/payees", "/confirmation", "/payments/x", "/payments/x/receipt"]) {
      const page = await alice.get(path);
      expect([page.status, page.headers.get("location")]).toEqual([303, "/login"]);
    }
    const { csrf = "" } = hiddenFields((await alice.get("/login")).text, "/login");
    expect((await alice.send("/payees", { csrf, name: "X" })).headers.get("location")).toBe("/login");
  });

  it("opens with the password, in a new session whose cookie no script and no other site gets", async () => {
    await alice.get("/login");
    const before = alice.cookie;
    const page = await alice.submit("/login", "/login", LOGIN);
    expect(page.headers.get("location")).toBe("/");
    expect(page.headers.get("set-cookie")).toMatch(/; HttpOnly; SameSite=Strict/);
    expect(alice.cookie).not.toBe(before);
    expect((await alice.get("/")).text).toContain("8,012.37");
    expect((await alice.get("/", { cookie: before })).status).toBe(303);
  });

  it.each([
    [CUSTOMER.user, "wrong"],
    ["bob", CUSTOMER.password],
    [CUSTOMER.user, ""],
  ])("refuses %j with %j in the same words", async (user, password) => {
    const page = await alice.submit("/login", "/login", { user, password });
    expect(page.status).toBe(401);
    expect(page.text).toContain("User name or password is wrong.");
  });

  it("stops after five wrong passwords, even for the right one, and goes on after five minutes", async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect((await alice.submit("/login", "/login", { ...LOGIN, password: "wrong" })).status).toBe(401);
    }
    const limited = await alice.submit("/login", "/login", LOGIN);
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "300"]);
    expect(limited.text).toContain("Try again in 5 minutes.");
    now += 5 * MINUTE;
    expect((await alice.submit("/login", "/login", LOGIN)).status).toBe(303);
  });

  it("counts wrong passwords that are sent at the same time", async () => {
    const { csrf = "" } = hiddenFields((await alice.get("/login")).text, "/login");
    const attempts = Array.from({ length: 20 }, () => alice.send("/login", { csrf, user: "alice", password: "wrong" }));
    const statuses = (await Promise.all(attempts)).map((page) => page.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
  });

  it("ends with the session: after logging out, and after half an hour without use", async () => {
    await alice.login();
    const { cookie } = alice;
    await alice.submit("/", "/logout");
    expect((await alice.get("/", { cookie })).headers.get("location")).toBe("/login");
    await alice.login();
    now += 29 * MINUTE;
    expect((await alice.get("/")).status).toBe(200);
    now += 31 * MINUTE;
    expect((await alice.get("/")).status).toBe(303);
  });
});

describe("forms", () => {
  const payee = { name: "Discovery Shipping GmbH", iban: "DE02 1203 0000 0000 2020 51" };

  it.each([
    ["without a token", (fields: Record<string, string>) => ({ ...fields, csrf: "" }), {}],
    ["with another token", (fields: Record<string, string>) => ({ ...fields, csrf: "A".repeat(43) }), {}],
    ["of another site", (fields: Record<string, string>) => fields, { origin: "http://evil.example" }],
    ["of a sandboxed page", (fields: Record<string, string>) => fields, { origin: "null" }],
  ])("are refused %s", async (_, change, headers) => {
    await alice.login();
    const fields = hiddenFields((await alice.get("/payees")).text, "/payees");
    const page = await alice.send("/payees", { ...change(fields), ...payee }, headers);
    expect(page.status).toBe(403);
    expect((await alice.get("/payees")).text).not.toContain(payee.name);
  });

  it("are refused without the session that the token belongs to", async () => {
    await alice.login();
    const fields = hiddenFields((await alice.get("/payees")).text, "/payees");
    expect((await new BankCustomer(bank.url).send("/payees", { ...fields, ...payee })).status).toBe(403);
  });

  it("are forms: not JSON, and not without end", async () => {
    const json = await alice.send("/login", {}, { "content-type": "application/json" });
    expect(json.status).toBe(415);
    expect((await alice.send("/login", { csrf: "x".repeat(9000) })).status).toBe(413);
  });

  it("come back with what was typed, as text", async () => {
    await alice.login();
    const page = await alice.submit("/payees", "/payees", { name: EVIL, iban: EVIL });
    expect(page.status).toBe(422);
    expect(page.text).not.toContain("<script>alert");
    expect(page.text).toContain('value="&quot;&gt;&lt;script&gt;');
    const login = await new BankCustomer(bank.url).submit("/login", "/login", { user: EVIL });
    expect(login.text).not.toContain("<script>alert");
  });

  it("say that the confirmation service cannot be reached", async () => {
    await alice.login();
    const page = await alice.submit("/confirmation", "/confirmation/find", { account: "alice@localhost" });
    expect(page.status).toBe(422);
    expect(page.text).toContain("The confirmation service cannot be reached at the moment.");
    const nonsense = await alice.submit("/confirmation", "/confirmation/find", { account: EVIL });
    expect(nonsense.status).toBe(422);
    expect(nonsense.text).not.toContain("<script>alert");
  });
});

describe("every answer", () => {
  it("forbids what the bank does not need", async () => {
    for (const path of ["/login", "/", "/nowhere", "/assets/style.css"]) {
      const { headers } = await alice.get(path);
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("content-security-policy")).not.toMatch(/unsafe|\*|data:/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("same-origin");
    }
    expect((await alice.get("/login")).headers.get("cache-control")).toBe("no-store");
    expect((await alice.get("/login")).text).not.toMatch(/<script(?! type="module" src="\/)|style=|onclick/);
  });

  it("is for our own address only, whatever name points here", async () => {
    const port = Number(new URL(bank.url).port);
    const status = await new Promise((resolve, reject) => {
      request({ port, host: "127.0.0.1", path: "/login", headers: { host: `evil.example:${port}` } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(421);
  });

  it("says what is not there and what cannot be done", async () => {
    expect((await alice.get("/nowhere")).status).toBe(404);
    expect((await alice.get("/assets/../main.ts")).status).toBe(404);
    expect((await alice.get("//evil.example/")).status).toBe(404);
    const deleted = await fetch(new URL("/login", bank.url), { method: "DELETE" });
    expect([deleted.status, deleted.headers.get("allow")]).toEqual([405, "GET, POST"]);
  });
});
