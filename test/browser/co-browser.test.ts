/** The extension as a user has it, the same in each browser: badge, notification, popup, push, alarm, restart. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import { CutProxy } from "../support/cut-proxy.ts";
import {
  acceptIn,
  ALICE,
  badgeIs,
  BROWSERS,
  clearAlarms,
  connect,
  firefoxOf,
  lookAt,
  missing,
  PATIENCE_MS,
  press,
  rejectIn,
  type TestBrowser,
  testid,
  userIn,
} from "../support/each-browser/index.ts";
import { freePort, type Running } from "../support/system.ts";

const LONG = { timeout: 120_000 };

/** Runs in the settings page, which has the extension's rights. */
interface Api {
  readonly alarms: {
    readonly getAll: () => Promise<readonly { readonly name: string; readonly periodInMinutes?: number }[]>;
  };
}

/** Ends what a test left, so that the next one finds an empty inbox. */
async function cancel(asked: Running, browser: TestBrowser): Promise<void> {
  asked.child.kill("SIGINT");
  await asked.finished;
  await badgeIs(browser, "");
}

describe.each(BROWSERS)("a request in %s", LONG, (name) => {
  const alice = userIn(name);

  test("is counted on the badge, accepted in the real popup, and its receipt verifies", async () => {
    const { browser, system, kid } = alice();
    const receipt = `${system.folder}/receipt.json`;
    const asked = system.spawn("ask", ALICE, "Open pod bay doors", "--paragraph", "Bay 2", "--receipt", receipt);
    await badgeIs(browser, "1");
    const popup = await lookAt(browser, "Open pod bay doors");
    expect(await popup.text(testid("trust"))).toContain("Unverified sender");
    expect(await popup.text(testid("sender"))).toContain("Claims to be");
    expect(await popup.texts(testid("paragraph"))).toEqual(["Bay 2"]);
    expect(await popup.isLive(testid("accept"))).toBe(false);
    expect(await acceptIn(popup)).toContain("accepted");
    expect(await asked.finished).toMatchObject({ code: 0, stdout: "accepted\n" });
    await badgeIs(browser, "");
    const verified = await system.confirm("verify", receipt, "--pin", kid);
    expect(verified.code).toBe(0);
    for (const part of [ALICE, "Open pod bay doors", "Bay 2", kid, "accepted"]) expect(verified.stdout).toContain(part);
    expect((await system.confirm("--home", `${system.folder}/elsewhere`, "verify", receipt)).code).toBe(1);
    await press(popup, "next");
    await popup.text(testid("empty"));
    await popup.close();
  });

  test("is rejected in the real popup", async () => {
    const { browser, system } = alice();
    const asked = system.spawn("ask", ALICE, "Close pod bay doors");
    await badgeIs(browser, "1");
    const popup = await lookAt(browser, "Close pod bay doors");
    expect(await rejectIn(popup)).toContain("rejected");
    expect(await asked.finished).toMatchObject({ code: 1, stdout: "rejected\n" });
    await press(popup, "next");
    await popup.close();
  });

  test("comes over the push channel, without the alarm", async () => {
    const { browser, system } = alice();
    const settings = await browser.openOptions();
    await clearAlarms(settings);
    await settings.close();
    const asked = system.spawn("ask", ALICE, "Pushed");
    await badgeIs(browser, "1");
    await cancel(asked, browser);
  });

  test("that its enquirer cancels leaves the open popup, which says so", async () => {
    const { browser, system } = alice();
    const asked = system.spawn("ask", ALICE, "Not any more");
    await badgeIs(browser, "1");
    const popup = await lookAt(browser, "Not any more");
    asked.child.kill("SIGINT");
    expect(await popup.text(testid("result"))).toContain("The sender withdrew it");
    await badgeIs(browser, "");
    await asked.finished;
    await press(popup, "next");
    await popup.close();
  });

  test("is announced without its text, and by its sender's name only once that is pinned; a click shows the popup", async () => {
    const { browser, system } = alice();
    await browser.watchNotifications();
    const stranger = system.spawn("--from", "mallory@example.net", "ask", ALICE, "Send all the money");
    await badgeIs(browser, "1");
    const unnamed = await notified(browser, "");
    expect(unnamed.message).not.toMatch(/mallory|money/i);
    await cancel(stranger, browser);

    const { stdout } = await system.confirm("keys", "show");
    const bankKid = /[A-Z2-7]{5}(?:-[A-Z2-7]{5}){5}/.exec(stdout)?.[0] ?? "";
    const settings = await browser.openOptions();
    await settings.type(testid("pin-from"), "payments@ethel.example");
    await settings.type(testid("pin-kid"), bankKid);
    await settings.choose(testid("pin-checked"), "on the sender's own page");
    await settings.click(testid("pin-add"));
    await settings.text(testid("pin"), "payments@ethel.example");
    await settings.close();

    const bank = system.spawn("--from", "payments@ethel.example", "ask", ALICE, "Pay 20 EUR");
    await badgeIs(browser, "1");
    const named = await notified(browser, "payments@ethel.example");
    expect(named.message).not.toContain("20 EUR");
    expect(await browser.isPopupShown()).toBe(false);
    await browser.clickNotification();
    await waitUntil("the popup's page", PATIENCE_MS, async () => (await browser.isPopupShown()) || undefined);
    // It approves nothing.
    expect(await browser.badge()).toBe("1");
    await cancel(bank, browser);
  });
});

function notified(browser: TestBrowser, part: string): Promise<{ readonly title: string; readonly message: string }> {
  return waitUntil(`a notification with "${part}"`, PATIENCE_MS, async () => {
    const shown = await browser.notification();
    return shown?.message.includes(part) === true ? shown : undefined;
  });
}

describe.each(BROWSERS)("the background in %s", LONG, (name) => {
  let port = 0;
  let proxy: CutProxy | undefined;
  const alice = userIn(name, {
    connected: false,
    policy: { limits: false },
    brokerArgs: async (origin) => {
      port = await freePort();
      return ["--public-url", origin, "--public-url", `http://127.0.0.1:${String(port)}`];
    },
  });
  beforeAll(async () => {
    if (missing(name) !== undefined) return;
    const { browser, system } = alice();
    proxy = await CutProxy.open(port, system.port);
    await connect(browser, system, ALICE, `http://127.0.0.1:${String(port)}`);
  });
  afterAll(() => proxy?.close());

  test("stopped while a request is on the screen, is woken by the popup, and the press counts", async () => {
    const { browser, system } = alice();
    const asked = system.spawn("ask", ALICE, "Stopped");
    await badgeIs(browser, "1");
    const popup = await lookAt(browser, "Stopped");
    await browser.stopBackground();
    await waitUntil("the background is back", PATIENCE_MS, async () =>
      (await browser.isBackgroundRunning()) ? true : undefined,
    );
    // Firefox takes the focus from the popup while it starts the page anew, and Accept waits for it.
    await popup.click(testid("heading"));
    expect(await acceptIn(popup)).toContain("accepted");
    expect(await asked.finished).toMatchObject({ code: 0, stdout: "accepted\n" });
    await press(popup, "next");
    await popup.close();
  });

  test("after a restart of the browser has its account, the pending request, and the answer not delivered yet", async () => {
    const { browser, system } = alice();
    const answered = system.spawn("ask", ALICE, "Answered before", "--timeout", "2m");
    await badgeIs(browser, "1");
    const stays = system.spawn("--home", `${system.folder}/other`, "ask", ALICE, "Asked before", "--timeout", "2m");
    await badgeIs(browser, "2");
    const popup = await lookAt(browser, "Answered before");
    await system.stopBroker();
    expect(await acceptIn(popup)).toContain("accepted");
    await browser.restart();
    const again = await lookAt(browser, "Asked before");
    expect(await browser.badge()).toBe("1");
    await system.startBroker();
    // Nobody presses anything: the answer goes by itself, with a key that outlived the restart.
    expect(await answered.finished).toMatchObject({ code: 0, stdout: "accepted\n" });
    expect(await acceptIn(again)).toContain("accepted");
    expect(await stays.finished).toMatchObject({ code: 0, stdout: "accepted\n" });
    await again.close();
  });

  // The last one here: no popup opens over a notification that Firefox draws.
  test("asleep, with push cut, is woken by its alarm, which polls and announces what came", async () => {
    const { browser, system } = alice();
    expect(await alarms(browser)).toEqual([{ name: "poll", periodInMinutes: 0.5 }]);
    proxy?.cutPush();
    if (name === "Firefox") await browser.watchNotifications();
    await fallAsleep(browser);
    const asked = system.spawn("ask", ALICE, "Polled");
    await badgeIs(browser, "1", 90_000);
    expect(await browser.isBackgroundRunning()).toBe(true);
    // In Chromium what is shown is seen from within the worker, which was not there yet.
    if (name === "Firefox") expect((await notified(browser, "")).message).not.toContain("Polled");
    await cancel(asked, browser);
  });
});

/**
 * Firefox ends an event page that idles for half a minute, or here for a second, push channel or not: a time that counts
 * from the page's next start. Chromium keeps a worker that a debugger is attached to (measured), so there it is stopped.
 */
async function fallAsleep(browser: TestBrowser): Promise<void> {
  if (browser.name === "Firefox") await firefoxOf(browser).idleAfter(1000);
  await browser.stopBackground();
  if (browser.name === "Chromium") return;
  // The settings page starts it again.
  await alarms(browser);
  await waitUntil("the event page sleeps", 60_000, async () =>
    (await browser.isBackgroundRunning()) ? undefined : true,
  );
  await firefoxOf(browser).idleAfter(30_000);
}

/** What wakes the background. */
async function alarms(browser: TestBrowser): Promise<readonly unknown[]> {
  const tab = await browser.openOptions();
  const all = await tab.evaluate(async () => {
    const api = (Reflect.get(globalThis, "browser") ?? Reflect.get(globalThis, "chrome")) as Api;
    return (await api.alarms.getAll()).map(({ name, periodInMinutes }) => ({ name, periodInMinutes }));
  });
  await tab.close();
  return all;
}
