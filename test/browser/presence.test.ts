/** Fingerprint or PIN: set up on the settings page, asked for by Accept in the real popup; and where it cannot be asked for. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Chromium } from "../../src/demo/browser/chromium.ts";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import { findChromium } from "../../src/demo/prepare/browsers.mjs";
import { armed, badgeShows, enrol, openRequest, resultShown } from "../support/co-browser.ts";
import { launchChromium } from "../support/chromium.ts";
import { firefoxTest } from "../support/firefox.ts";
import { foreignGeneral, foreignKey } from "../support/foreign-signer.ts";
import { System } from "../support/system.ts";
import { plugIn, type VirtualAuthenticator } from "../support/virtual-authenticator.ts";

async function credentialsOf({ session, authenticatorId }: VirtualAuthenticator): Promise<Credentials> {
  return (await getCredentials(session, authenticatorId)).credentials;
}

async function withCredentials(key: VirtualAuthenticator, credentials: Credentials): Promise<VirtualAuthenticator> {
  for (const credential of credentials) {
    await key.session.send("WebAuthn.addCredential", { authenticatorId: key.authenticatorId, credential });
  }
  return key;
}

/** A request with `Presence`, of an enquirer that does not care whether anybody can meet it. */
async function postDemanding(system: System): Promise<void> {
  const key = foreignKey();
  const header = { alg: "ES256", typ: "confirm-tbs-request+jws", jwk: key.jwk };
  const Text = "<srml><h1>Pay 50.00 EUR</h1></srml>";
  const TBSRequest = { Text, FromID: "payments@ethel.example", ToID: ALICE, Presence: true };
  const Request = foreignGeneral(key, header, JSON.stringify({ TBSRequest }));
  const body = JSON.stringify({ EnquireRequest: { Request: { Request, ResponderAccount: ALICE } } });
  expect((await fetch(`${system.origin}/.well-known/confirm`, { method: "POST", body })).ok).toBe(true);
}

const ALICE = "alice@localhost";
const OPTIONS = "src/extension/options/index.html";
const SKIPPED = findChromium() === undefined ? " (skipped: no Chromium or Chrome on this machine)" : "";

/** Holds back what the authenticator says, once, as a user does who looks for their key. */
const HOLD = `{
  const get = CredentialsContainer.prototype.get;
  CredentialsContainer.prototype.get = async function (options) {
    CredentialsContainer.prototype.get = get;
    const credential = await get.call(this, options);
    await new Promise((resolve) => { globalThis.goOn = resolve; });
    return credential;
  };
}`;

const getCredentials = (session: CDPSession, authenticatorId: string) =>
  session.send("WebAuthn.getCredentials", { authenticatorId });
type Credentials = Awaited<ReturnType<typeof getCredentials>>["credentials"];

describe.skipIf(SKIPPED !== "")(`presence in Chromium${SKIPPED}`, () => {
  let system: System;
  let chromium: Chromium;
  let settings: Page;
  let authenticator: VirtualAuthenticator;
  let kid: string;
  /** What was made on the settings page. */
  let credentials: Credentials = [];
  /** That of each popup: one stays open until another window has the focus. */
  const popupKeys = new WeakMap<Page, VirtualAuthenticator>();

  beforeAll(async () => {
    system = await System.start();
    chromium = await launchChromium();
    kid = await enrol(chromium, system, ALICE);
    settings = await chromium.openPage(OPTIONS);
    authenticator = await plugIn(settings);
  });
  afterAll(async () => {
    await chromium.close();
    await system.close();
  });

  /** The popup with the same authenticator as the settings page. */
  async function popupWith(heading: string): Promise<{ readonly popup: Page; readonly key: VirtualAuthenticator }> {
    await badgeShows(chromium, "1");
    const popup = await openRequest(chromium, heading);
    const key = popupKeys.get(popup) ?? (await withCredentials(await plugIn(popup), credentials));
    popupKeys.set(popup, key);
    return { popup, key };
  }

  async function pressAccept(popup: Page): Promise<void> {
    const tick = popup.getByTestId("expected");
    if (!(await tick.isChecked())) await tick.check();
    await armed(popup);
    await popup.getByTestId("accept").click();
  }

  it("is not asked of a user who has not set it up: nobody is disturbed", async () => {
    const asked = await system.confirm("ask", ALICE, "Pay 10.00 EUR", "--presence", "--pin", kid);
    expect(asked.code).toBe(4);
    expect(asked.stderr).toContain("key for presence");
  });

  it("is not set up with what does not verify its user, and says so", async () => {
    const { session, authenticatorId } = authenticator;
    await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await settings.getByTestId("presence-set-up").click();
    await settings.getByTestId("error").filter({ hasText: "Not set up" }).waitFor();
    await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  });

  it("is set up on the settings page, whose key a user can compare", async () => {
    await settings.getByTestId("presence-set-up").click();
    const fingerprint = settings.getByTestId("presence-fingerprint");
    await fingerprint.waitFor();
    credentials = await credentialsOf(authenticator);
    expect(credentials).toHaveLength(1);
    expect((await fingerprint.innerText()).replaceAll(/\s/g, "")).toMatch(/^M[A-Z2-7]{4}(-[A-Z2-7]{5}){5}$/);
  });

  it("makes a yes whose receipt proves it; a question that is cancelled leaves the request as it was", async () => {
    const presence = (await settings.getByTestId("presence-fingerprint").innerText()).replaceAll(/\s/g, "");
    const file = join(system.folder, "receipt.json");
    const asked = system.spawn("ask", ALICE, "Pay 20.00 EUR", "--presence", "--pin", kid, "--receipt", file);
    const { popup, key } = await popupWith("Pay 20.00 EUR");
    expect(await popup.getByTestId("presence").innerText()).toBe("Accept asks for your fingerprint or PIN.");

    const { session, authenticatorId } = key;
    await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await pressAccept(popup);
    await popup.getByTestId("error").filter({ hasText: "Nothing was signed" }).waitFor();
    expect(await popup.getByTestId("next").count()).toBe(0);

    await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
    await pressAccept(popup);
    await resultShown(popup);
    await popup.getByTestId("next").click();
    expect(await asked.finished).toMatchObject({ code: 0, stdout: "accepted\n" });
    expect(JSON.parse(await readFile(file, "utf8"))).toHaveProperty("Receipt.Response.signatures.0.header.presence");
    const verified = await system.confirm("verify", file, "--pin", kid, "--pin", `presence:${presence}`);
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.stdout).toMatch(/passed +presence/);
    expect((await system.confirm("verify", file, "--pin", kid)).code).toBe(1);
  });

  it("counts for a worker that was killed while the browser asked", async () => {
    const asked = system.spawn("ask", ALICE, "Pay 30.00 EUR", "--presence", "--pin", kid);
    const { popup } = await popupWith("Pay 30.00 EUR");
    await popup.evaluate(HOLD);
    await pressAccept(popup);
    await popup.getByTestId("why").filter({ hasText: "Waiting for your fingerprint" }).waitFor();
    await chromium.killWorker();
    await popup.evaluate("goOn()");
    await resultShown(popup);
    await popup.getByTestId("next").click();
    expect((await asked.finished).code).toBe(0);
  });

  it("is asked for at every Accept where the user wants that", async () => {
    await settings.getByTestId("presence-always").check();
    await waitUntil("the switch is kept", 20_000, async () => {
      const again = await chromium.openPage(OPTIONS);
      await again.getByTestId("presence-always").waitFor();
      const isKept = await again.getByTestId("presence-always").isChecked();
      await again.close();
      return isKept ? true : undefined;
    });
    const asked = system.spawn("ask", ALICE, "Pay 40.00 EUR");
    const { popup, key } = await popupWith("Pay 40.00 EUR");
    const { session, authenticatorId } = key;
    await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await pressAccept(popup);
    await popup.getByTestId("error").filter({ hasText: "Nothing was signed" }).waitFor();
    await popup.getByTestId("reject").click();
    await resultShown(popup);
    expect((await asked.finished).code).toBe(1);
  });
});

describe("presence in Firefox", () => {
  firefoxTest(
    "cannot be asked for: a request that demands it can only be rejected, and says why",
    async ({ firefox }) => {
      const system = await System.start();
      try {
        const code = await system.code(ALICE);
        const tab = await firefox.openPage(OPTIONS);
        await tab.text("[data-testid=connect]");
        await tab.type("[data-testid=account]", ALICE);
        await tab.type("[data-testid=code]", code);
        await tab.type("[data-testid=broker]", system.origin);
        await tab.click("[data-testid=connect]");
        expect(await tab.text("[data-testid=presence-settings]")).toContain("Not in this browser");
        await postDemanding(system);
        await waitUntil('the badge shows "1"', 20_000, async () =>
          (await firefox.badge()) === "1" ? true : undefined,
        );
        await firefox.openPopup();
        const note = await waitUntil("the popup says why", 10_000, () =>
          firefox.inPopup((document) => document.querySelector("[data-testid=presence]")?.textContent ?? undefined),
        );
        expect(note).toContain("you can only reject here");
        await firefox.inPopup((document) => document.querySelector<HTMLElement>("[data-testid=expected]")?.click());
        await waitUntil("Reject is live", 10_000, () =>
          firefox.inPopup((document) => document.querySelector("[data-testid=reject]:enabled") !== null || undefined),
        );
        expect(
          await firefox.inPopup((document) => document.querySelector("[data-testid=accept]:disabled") !== null),
        ).toBe(true);
        await firefox.clickInPopup("[data-testid=reject]");
        await waitUntil("the result is there", 10_000, () =>
          firefox.inPopup((document) => document.querySelector("[data-testid=next]") !== null || undefined),
        );
      } finally {
        await system.close();
      }
    },
  );
});
