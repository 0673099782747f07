/** Accounts on the settings page: without a code, at two brokers, lost and recovered; and a broker that is not what it should be. */
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import type { Chromium } from "../../src/demo/browser/chromium.ts";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import { findChromium } from "../../src/demo/prepare/browsers.mjs";
import { launchChromium } from "../support/chromium.ts";
import { accept, badgeShows, enrol, openRequest, resultShown } from "../support/co-browser.ts";
import { type FalseBroker, openFalseBroker } from "../support/false-broker.ts";
import { newKey } from "../support/signing.ts";
import { freePort, System } from "../support/system.ts";
import { CALL_CONTENT_TYPE, type SigningKey } from "../../src/crypto/index.ts";
import { answering, type Behaviour, sendJson } from "../support/wire.ts";

const OPTIONS = "src/extension/options/index.html";
const MISSING = findChromium() === undefined ? " (skipped: no Chromium or Chrome on this machine)" : "";

let chromium: Chromium;
let page: Page;
let system: System;

interface Wanted {
  readonly account: string;
  readonly code?: string;
  readonly broker: string;
}

/** Fills in the form and sends it; what is said then. */
async function connect({ account, code = "", broker }: Wanted): Promise<string> {
  await page.getByTestId("account").fill(account);
  await page.getByTestId("code").fill(code);
  await page.getByTestId("broker").fill(broker);
  await page.getByTestId("connect").click();
  const said = page.locator("form:has([data-testid=connect]) :is(.status, [data-testid=error])");
  const done = said.filter({ hasText: /\.$/ }).filter({ hasNotText: "This can take" });
  await done.first().waitFor({ timeout: 30_000 });
  return done.first().innerText();
}
/** A broker that signs this for every call, dated by a clock that may be slow; to others it says its key. */
function saying(key: SigningKey, message: object, minutesSlow = 0): Behaviour {
  const signed = answering(key, message, Date.now() - minutesSlow * 60_000);
  return (call, response) => {
    if (call.headers["content-type"] === CALL_CONTENT_TYPE) return signed(call, response);
    sendJson(response, { HelloResponse: { Status: 201, ServiceKey: key.jwk } });
  };
}

/** The card of an account. @param place - of its broker */
const card = (account: string, place = ""): ReturnType<Page["locator"]> =>
  page.getByTestId("account-card").filter({ hasText: account }).filter({ hasText: place });

async function remove(account: string, place = ""): Promise<void> {
  await card(account, place).getByTestId("remove").click();
  await card(account, place).getByTestId("remove-really").click();
  await card(account, place).waitFor({ state: "detached", timeout: 30_000 });
}

describe.skipIf(MISSING !== "")(`in Chromium${MISSING}`, () => {
  beforeAll(async () => {
    system = await System.start({ limits: false }, ["--open"]);
    chromium = await launchChromium();
    page = await chromium.openPage(OPTIONS);
  });
  afterAll(async () => {
    await chromium.close();
    await system.close();
  });

  describe("an open broker", () => {
    it("takes a new account without a code, whose key nothing has proved, and no second one of that name", async () => {
      expect(await connect({ account: "bob@localhost", broker: system.origin })).toContain("Nothing has proved");
      await card("bob@localhost").getByText("Listening").waitFor();
      const asked = system.spawn("ask", "bob@localhost", "First", "--timeout", "1m");
      await badgeShows(chromium, "1");
      const popup = await openRequest(chromium, "First");
      await accept(popup);
      await resultShown(popup);
      await popup.close();
      expect((await asked.finished).code).toBe(0);
      await system.confirm("--home", `${system.folder}/carol`, "connect", "carol@localhost");
      expect(await connect({ account: "carol@localhost", broker: system.origin })).toContain("needs a code");
      await remove("bob@localhost");
      const { stdout } = await system.confirm("device", "list", "--id", "bob@localhost", "--data", system.data);
      expect(stdout).toMatch(/revoked/);
      expect(stdout).not.toMatch(/active/);
    });
  });

  describe("one account at two brokers", () => {
    it("is two: each with its fingerprints, its requests, and its own end", async () => {
      const other = await System.start({ limits: false });
      try {
        await enrol(chromium, system, "alice@localhost");
        await enrol(chromium, other, "alice@localhost");
        const places = [system, other].map(({ port }) => String(port));
        await page.reload();
        for (const place of places) await card("alice@localhost", place).getByText("Listening").waitFor();
        const kids = await page.getByTestId("account-card").getByTestId("fingerprint").allInnerTexts();
        const services = await page.getByTestId("account-card").getByTestId("service-fingerprint").allInnerTexts();
        expect(new Set([...kids, ...services]).size).toBe(4);
        const popup = await chromium.openPopup();
        for (const place of places) await popup.getByText(`127.0.0.1:${place}`).waitFor();
        await popup.close();

        await other.stopBroker();
        await remove("alice@localhost", places[1] ?? "");
        expect(await page.getByTestId("note").innerText()).toContain("could not be told");
        await card("alice@localhost", places[0] ?? "")
          .getByText("Listening")
          .waitFor();
      } finally {
        await other.close();
      }
    });
  });

  describe("an account whose devices the operator replaced", () => {
    it("says that this one was revoked, and takes a new one with the operator's code", async () => {
      const { stdout } = await system.confirm("account", "recover", "alice@localhost", "--data", system.data);
      await card("alice@localhost").locator(".state-word", { hasText: "Revoked" }).waitFor({ timeout: 60_000 });
      expect(await card("alice@localhost").innerText()).toContain("remove the account, and connect it with a new code");
      const wanted = { account: "alice@localhost", code: stdout.trim(), broker: system.origin };
      expect(await connect(wanted)).toContain("remove it first");
      await remove("alice@localhost");
      expect(await page.getByTestId("note").innerText()).toBe("");
      expect(await connect(wanted)).toContain("is connected");
      await card("alice@localhost").getByText("Listening").waitFor();
    });
  });

  describe("a broker whose operator replaces its key", () => {
    it("is followed, which is said until the user has seen it", async () => {
      const former = await card("alice@localhost").getByTestId("service-fingerprint").innerText();
      const next = await system.confirm("service-key", "rotate", "--in", "1s", "--data", system.data);
      expect(next.code).toBe(0);
      await system.stopBroker();
      // A broker that is back before the next key signs would be taken for what it was.
      await waitUntil("the next key signs", 20_000, async () => {
        const { stdout } = await system.confirm("service-key", "show", "--data", system.data);
        return stdout.includes(`${next.stdout.trim()}  signs`) || undefined;
      });
      await system.startBroker();
      const notice = card("alice@localhost").getByTestId("followed");
      await notice.waitFor({ timeout: 60_000 });
      expect(await notice.innerText()).toContain(former);
      expect(await card("alice@localhost").getByTestId("service-fingerprint").innerText()).not.toBe(former);
      await notice.getByTestId("key-seen").click();
      await notice.waitFor({ state: "detached" });
      await page.reload();
      await card("alice@localhost").getByText("Listening").waitFor();
      expect(await page.getByTestId("followed").count()).toBe(0);
      await remove("alice@localhost");
    });
  });

  describe("connecting to what is no broker", () => {
    let server: Server;
    let broker: FalseBroker;
    /** What the web server answers. */
    let headers: Record<string, string> = {};
    let status = 200;
    beforeAll(async () => {
      server = createServer((_, response) => response.writeHead(status, headers).end("<h1>It works!</h1>"));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      broker = await openFalseBroker();
    });
    afterAll(async () => {
      server.close();
      await broker.wire.close();
    });
    const origin = (): string => {
      const address = server.address();
      return `http://127.0.0.1:${typeof address === "object" ? String(address?.port) : ""}`;
    };

    it("says of each what it is", async () => {
      const dave = "dave@localhost";
      const nobody = `http://127.0.0.1:${String(await freePort())}`;
      expect(await connect({ account: dave, broker: nobody })).toContain("cannot be reached");
      expect(await connect({ account: dave, broker: origin() })).toContain("is not a broker");
      headers = { "access-control-allow-origin": "*", "access-control-allow-headers": "content-type" };
      expect(await connect({ account: dave, broker: origin() })).toContain("is not a broker");
      [status, headers] = [307, { ...headers, location: `${system.origin}/.well-known/confirm` }];
      expect(await connect({ account: dave, broker: origin() })).toContain("leads to another one");

      const { endpoint } = broker.wire;
      const at = { account: dave, broker: endpoint };
      const code = "ABCD-EFGH-IJKL-MNOP";
      broker.says.set("Connect", () => ({ ConnectResponse: { Status: 201, ServiceKey: broker.service.jwk } }));
      expect(await connect({ ...at, code })).toContain("does not know the code");
      broker.wire.behaviour = saying(broker.service, { ConnectResponse: { Status: 401 } }, 10);
      expect(await connect({ ...at, code })).toContain("clock is off");
      expect(await page.getByTestId("account-card").count()).toBe(0);
    });
  });

  describe("a broker that was connected", () => {
    it("is shown as what it becomes, and as listening once it is itself again", async () => {
      const broker = await openFalseBroker();
      try {
        const { service, wire } = broker;
        const honest = wire.behaviour;
        broker.says.set("Connect", () => ({ ConnectResponse: { Status: 201, ServiceKey: service.jwk } }));
        broker.says.set("Pending", () => ({ PendingResponse: { Status: 201, Entries: [] } }));
        const erin = "erin@localhost";
        await connect({ account: erin, broker: wire.endpoint });
        const state = card(erin).getByTestId("line");
        /** The background starts anew, and with it the line: nobody waits for an alarm. */
        const shows = async (word: string, behaviour = honest): Promise<void> => {
          wire.behaviour = behaviour;
          await chromium.killWorker();
          await page.reload();
          await state.getByText(word).waitFor({ timeout: 30_000 });
        };
        const pending = { PendingResponse: { Status: 201, Entries: [] } };
        await shows("Listening");
        await shows("Something else answers", (_, response) => sendJson(response, "<h1>Welcome to this network</h1>"));
        await shows("Broker not reachable", (_, response) => sendJson(response, "<h1>Bad gateway</h1>", 502));
        await shows("Address leads elsewhere", (_, response) => {
          response.writeHead(302, { location: system.origin }).end();
        });
        await shows("Another key at the broker", saying(await newKey(), pending));
        await shows("Wrong time", saying(service, { PendingResponse: { Status: 401 } }, 10));
        expect(await state.innerText()).toContain("10 minutes fast");
        await shows("Not connected any more", saying(service, { PendingResponse: { Status: 403 } }));
        await shows("Listening");
        await wire.close();
        await shows("Broker not reachable");
        const popup = await chromium.openPopup();
        await popup.getByText("Broker not reachable").waitFor();
        await popup.close();
      } finally {
        await broker.wire.close();
      }
    });
  });
});
