/**
 * Check sender in the real popup: a domain is asked over TLS, by its name. The browser is told where the names lead and
 * that the test's certificate is right; everything else, CORS included, is the browser's own.
 */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Chromium } from "../../src/demo/browser/chromium.ts";
import { findChromium } from "../../src/demo/prepare/browsers.mjs";
import { newAuthority } from "../support/certificates.ts";
import { launchChromium } from "../support/chromium.ts";
import { accept, armed, badgeShows, enrol, openRequest, resultShown } from "../support/co-browser.ts";
import { System } from "../support/system.ts";
import { answerJson, openTlsServer, type TlsServer } from "../support/tls-server.ts";

const ALICE = "alice@localhost";
const KEYS = ["ethel.example", "mute.example"];
const CERTIFICATE = newAuthority().issue(KEYS);
const FROM = ["--from", "payments@ethel.example"];

let system: System;
let server: TlsServer;
let chromium: Chromium | undefined;
beforeEach(async ({ skip }) => {
  if (findChromium() === undefined) skip("no Chromium or Chrome on this machine");
  server = await openTlsServer(CERTIFICATE);
  system = await System.start();
  const rules = KEYS.map((name) => `MAP ${name}:443 127.0.0.1:${server.port}`).join(",");
  chromium = await launchChromium({
    args: [`--host-resolver-rules=${rules}`, `--ignore-certificate-errors-spki-list=${CERTIFICATE.spki}`],
  });
});
afterEach(async () => {
  await chromium?.close();
  chromium = undefined;
  await Promise.all([system.close(), server.close()]);
});

describe("Check sender", { timeout: 180_000 }, () => {
  test("asks the domain only when it is pressed, and then its key needs no tick; another key of that name does", async () => {
    if (chromium === undefined) throw new Error("no browser");
    const published = await system.confirm("keys", "export", "--jwks", "payments");
    server.behaviour = answerJson(published.stdout);
    await enrol(chromium, system, ALICE);
    const asked = system.spawn(...FROM, "ask", ALICE, "Pay 20 EUR");
    await badgeShows(chromium, "1");
    const popup = await openRequest(chromium, "Pay 20 EUR");
    expect(await popup.getByTestId("trust").innerText()).toContain("Unverified sender");
    expect(await popup.getByTestId("expected").count()).toBe(1);
    await popup.waitForTimeout(1000);
    expect(server.visits).toEqual([]);

    await popup.getByTestId("check-sender").click();
    await popup.getByTestId("trust").filter({ hasText: "ethel.example published this key" }).waitFor();
    expect(await popup.getByTestId("sender").innerText()).toBe("payments@ethel.example");
    expect(await popup.getByTestId("expected").count()).toBe(0);
    expect(await popup.getByTestId("check-sender").count()).toBe(0);
    await armed(popup);
    await popup.getByTestId("accept").click();
    await resultShown(popup);
    expect(await asked.finished).toMatchObject({ code: 0, stdout: "accepted\n" });
    expect(server.visits.map(({ method, path, headers }) => [method, path, headers.cookie, headers.referer])).toEqual([
      ["GET", "/.well-known/confirm/keys.json", undefined, undefined],
    ]);

    // What was found outlives the background; another key of the same name is told apart by it, and asks nobody again.
    await popup.close();
    await chromium.killWorker();
    const stranger = join(system.folder, "stranger");
    const other = system.spawn("--home", stranger, ...FROM, "ask", ALICE, "Pay 2,000 EUR");
    // Its alarm would wake it within half a minute.
    await chromium.worker();
    await badgeShows(chromium, "1");
    const second = await openRequest(chromium, "Pay 2,000 EUR");
    expect(await second.getByTestId("trust").innerText()).toContain("Unverified sender");
    expect(await second.getByTestId("check").innerText()).toContain("ethel.example does not publish this key");
    expect(server.visits).toHaveLength(1);
    await accept(second);
    expect((await other.finished).code).toBe(0);
  });

  test("says what happened where the domain's answer is not for browsers, and the tick is still enough", async () => {
    if (chromium === undefined) throw new Error("no browser");
    server.behaviour = (response) => response.writeHead(200, { "content-type": "application/json" }).end('{"keys":[]}');
    await enrol(chromium, system, ALICE);
    const asked = system.spawn("--from", "payments@mute.example", "ask", ALICE, "Pay 20 EUR");
    await badgeShows(chromium, "1");
    const popup = await openRequest(chromium, "Pay 20 EUR");
    await popup.getByTestId("check-sender").click();
    await popup.getByTestId("check").filter({ hasText: "mute.example did not answer" }).waitFor();
    expect(server.visits).toHaveLength(1);
    await accept(popup);
    expect((await asked.finished).code).toBe(0);
  });
});
