/** Payments against a real broker, answered by a real device from the command line; the bank is killed and started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { waitUntil } from "../../../src/demo/browser/wait.ts";
import { balanceOf } from "../../../src/demo/bank/ledger.ts";
import type { Payment } from "../../../src/demo/bank/model.ts";
import { parseState } from "../../../src/demo/bank/parse-state.ts";
import { type BankOptions, type RunningBank, startBank } from "../../../src/demo/bank/start-bank.ts";
import { readFile, writeFile } from "node:fs/promises";
import { BankCustomer } from "../../support/bank-customer.ts";
import { System } from "../../support/system.ts";

const MAIN = join(import.meta.dirname, "../../../dist/node/demo/bank/main.js");
const ALICE = "alice@localhost";
const PAYEE = { name: "Discovery Shipping GmbH", iban: "DE02 1203 0000 0000 2020 51" };

let system: System;
let deviceKid = "";
const spawned: ChildProcess[] = [];
let folders = 0;
let data = "";
let bank: RunningBank;
let alice: BankCustomer;

beforeAll(async () => {
  system = await System.start({ limits: false });
  const connected = await system.confirm("connect", ALICE, await system.code(ALICE), "--json");
  deviceKid = /"(?:deviceKid|kid|device)":\s*"(M[A-Z2-7-]{34})"/.exec(connected.stdout)?.[1] ?? "";
  expect(deviceKid, connected.stdout + connected.stderr).not.toBe("");
});
afterAll(() => system.close());

beforeEach(async () => {
  folders += 1;
  data = join(system.folder, `bank-${folders}`);
  await start();
});
afterEach(async () => {
  await bank.close();
  for (const child of spawned.splice(0)) child.kill("SIGKILL");
});

async function start(more: Partial<BankOptions> = {}): Promise<void> {
  bank = await startBank({ data, port: 0, broker: system.origin, ...more });
  alice = new BankCustomer(bank.url);
  await alice.login();
}

async function link(): Promise<void> {
  await alice.submit("/confirmation", "/confirmation/find", { account: ALICE });
  const { text } = await alice.get("/confirmation");
  expect(text).toContain(deviceKid);
  await alice.submit("/confirmation", "/confirmation/link");
  expect((await alice.get("/confirmation")).text).toContain('data-testid="linked"');
}

/** Orders a payment to the new payee; the path of its page. */
async function order(amount = "1,200.00"): Promise<string> {
  if (!(await alice.get("/payees")).text.includes(PAYEE.name)) await alice.submit("/payees", "/payees", PAYEE);
  const { payees } = await state();
  const payee = payees.find((one) => one.name === PAYEE.name)?.id ?? "";
  const page = await alice.submit("/pay", "/pay", { payee, amount, reference: "Invoice 2001-04" });
  return page.headers.get("location") ?? page.text;
}

async function state() {
  return parseState(await readFile(join(data, "bank.json"), "utf8"));
}

async function payment(path: string): Promise<Payment> {
  const found = (await state()).payments.find((one) => path.endsWith(one.id));
  if (found === undefined) throw new Error(`no payment ${path}`);
  return found;
}

async function becomes(path: string, kind: Payment["state"]["kind"]): Promise<Payment> {
  return waitUntil(`${path} ${kind}`, 15_000, async () => {
    const found = await payment(path);
    return found.state.kind === kind ? found : undefined;
  });
}

async function brokerIdOf(path: string): Promise<string> {
  const { state } = await becomes(path, "waiting");
  return state.kind === "waiting" ? state.brokerId : "";
}

async function balance(): Promise<number> {
  return balanceOf(await state());
}

describe("a payment that needs a confirmation", () => {
  it("is refused while no account is linked", async () => {
    expect(await order()).toContain("no confirmation account is linked");
    expect((await state()).payments).toEqual([]);
  });

  it("is paid once, when the linked device has accepted exactly its text, with a receipt that verifies", async () => {
    await link();
    const before = await balance();
    const path = await order();
    const brokerId = await brokerIdOf(path);
    expect((await alice.get(path)).text).toContain("Waiting for your confirmation");
    expect((await alice.get(`${path}/receipt`)).status).toBe(404);

    const accepted = await system.confirm("accept", brokerId);
    expect(accepted.stderr).toContain("Pay 1,200.00 EUR");
    expect(accepted.stderr).toContain("To: Discovery Shipping GmbH");
    expect(accepted.stderr).toContain("IBAN: DE02 1203 0000 0000 2020 51");
    expect(accepted.stderr).toContain("From: Current account ···4711");
    expect(accepted.code).toBe(0);

    await becomes(path, "paid");
    expect(await balance()).toBe(before - 120_000);
    expect((await alice.get(path)).text).toContain('<h1 role="status">Paid</h1>');
    const receipt = await alice.get(`${path}/receipt`);
    expect(receipt.headers.get("content-type")).toBe("application/json");
    expect(receipt.headers.get("content-disposition")).toMatch(
      /^attachment; filename="ethel-receipt-[A-Za-z0-9]+\.json"$/,
    );
    const file = join(data, "receipt.json");
    await writeFile(file, receipt.text);
    const verified = await system.confirm("verify", file, "--pin", deviceKid);
    expect([verified.code, verified.stderr]).toEqual([0, ""]);
    expect(verified.stdout).toContain("Pay 1,200.00 EUR");
    expect((await system.confirm("verify", file)).code).toBe(1);
  });

  it("is refused, and stays unpaid, when the device rejects it, with a receipt of that too", async () => {
    await link();
    const before = await balance();
    const path = await order();
    await system.confirm("reject", await brokerIdOf(path), "--unknown");
    const { state } = await becomes(path, "refused");
    expect(state).toMatchObject({ isUnknown: true });
    expect((await alice.get(path)).text).toContain("You said that you did not start this.");
    expect((await alice.get(`${path}/receipt`)).status).toBe(200);
    expect(await balance()).toBe(before);
  });

  it("makes one request when its form is sent twice at once", async () => {
    await link();
    await order("1.00");
    const { payees } = await state();
    const payee = payees.find((one) => one.name === PAYEE.name)?.id ?? "";
    const { text } = await alice.get("/pay");
    const form = /name="form" value="([^"]+)"/.exec(text)?.[1] ?? "";
    const csrf = /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? "";
    const fields = { csrf, form, payee, amount: "700", reference: "" };
    const sent = await Promise.all([1, 2, 3].map(() => alice.send("/pay", fields)));
    expect(new Set(sent.map((page) => page.headers.get("location")))).toEqual(new Set([`/payments/${form}`]));
    await brokerIdOf(form);
    const pending = await system.confirm("pending");
    expect(pending.stdout.split("Pay 700.00 EUR")).toHaveLength(2);
  });

  it("is not paid after it was cancelled on the page, whatever the device says then", async () => {
    await link();
    const before = await balance();
    const path = await order();
    const brokerId = await brokerIdOf(path);
    await alice.submit(path, `${path}/cancel`);
    await becomes(path, "cancelled");
    expect((await system.confirm("accept", brokerId)).code).not.toBe(0);
    expect((await payment(path)).state.kind).toBe("cancelled");
    expect(await balance()).toBe(before);
  });

  it("expires when nobody answers", async () => {
    await bank.close();
    await start({ lifeMs: 2000 });
    await link();
    const path = await order();
    await becomes(path, "expired");
    expect((await alice.get(path)).text).toContain("Nobody answered in time. Nothing was paid.");
  });

  it("fails, and pays nothing, when the broker is down", async () => {
    await link();
    const before = await balance();
    await system.stopBroker();
    try {
      const path = await order();
      await becomes(path, "failed");
      const { text } = await alice.get(path);
      expect(text).toContain("The confirmation service cannot be reached at the moment. Nothing was paid.");
    } finally {
      await system.startBroker();
    }
    expect(await balance()).toBe(before);
  });

  it("outlasts a broker that goes and comes back", async () => {
    await link();
    const path = await order();
    const brokerId = await brokerIdOf(path);
    await system.stopBroker();
    await waitUntil("the page says so", 15_000, async () =>
      (await alice.get(path)).text.includes("The bank keeps trying") ? true : undefined,
    );
    await system.startBroker();
    expect((await system.confirm("accept", brokerId)).code).toBe(0);
    await becomes(path, "paid");
  });
});

describe("a bank that is started again", () => {
  it("goes on waiting, and pays what is accepted then", async () => {
    await link();
    const path = await order();
    const brokerId = await brokerIdOf(path);
    await bank.close();
    await start();
    expect((await system.confirm("accept", brokerId)).code).toBe(0);
    await becomes(path, "paid");
  });

  it("pays once what was accepted while it was killed", async () => {
    await link();
    await bank.close();
    const before = await balance();
    let child = await spawnBank();
    await alice.login();
    const path = await order();
    const brokerId = await brokerIdOf(path);
    await kill(child);
    expect((await system.confirm("accept", brokerId)).code).toBe(0);
    child = await spawnBank();
    await becomes(path, "paid");
    await kill(child);
    child = await spawnBank();
    await alice.login();
    expect((await alice.get(path)).text).toContain("Paid");
    expect(await balance()).toBe(before - 120_000);
    await kill(child);
    bank = await startBank({ data, port: 0, broker: system.origin });
  });

  it("pays nothing for what it could not ask any more", async () => {
    await link();
    await bank.close();
    const { payments, ...rest } = await state();
    expect(payments).toEqual([]);
    const asking: Payment = {
      ...{ id: "form-1", payeeId: "canal-house", payeeName: "Canal House Lettings", iban: "NL91ABNA0417164300" },
      ...{ cents: 60_000, reference: "", isFirst: false, created: new Date().toISOString() },
      state: { kind: "asking", deviceKid },
    };
    await writeFile(join(data, "bank.json"), JSON.stringify({ ...rest, payments: [asking] }));
    await start();
    await becomes("form-1", "failed");
    expect((await alice.get("/payments/form-1")).text).toContain("Nothing was paid.");
  });
});

describe("a payment that needs none", () => {
  it("is made at once, without a request and without a receipt", async () => {
    const before = await balance();
    const page = await alice.submit("/pay", "/pay", { payee: "canal-house", amount: "500.00" });
    const path = page.headers.get("location") ?? "";
    expect((await payment(path)).state).toMatchObject({ kind: "paid", evidence: null });
    expect((await alice.get(`${path}/receipt`)).status).toBe(404);
    expect(await balance()).toBe(before - 50_000);
  });
});

/** The bank as a process of its own, with the customer at its door. */
async function spawnBank(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN, "--data", data, "--broker", system.origin], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  spawned.push(child);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  alice = new BankCustomer(line.toString("utf8").trim());
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}
