/** The built popup's page in a tab, where the test is the background: it shows what it is given, as fast as it can. */
import type { Page } from "playwright-core";
import type { Chromium } from "../../src/demo/browser/chromium.ts";
import type { PopupView } from "../../src/extension/messages.ts";
import type { Decision, RequestView } from "../../src/responder/index.ts";
import type { Srml } from "../../src/srml/index.ts";

const POPUP = "src/extension/popup/index.html";

/** An element with a sender's words, as the browser lays it out. */
export interface ShownText {
  readonly text: string;
  readonly dir: string;
  /** Computed. */
  readonly direction: string;
  /** Computed: `unicode-bidi`. */
  readonly isolation: string;
}

/** What a request looked like. */
export interface Shown {
  /** The sanitizer would have changed it, so nothing was shown. */
  readonly refused: boolean;
  readonly heading: ShownText | undefined;
  readonly paragraphs: readonly ShownText[];
  readonly labels: readonly ShownText[];
  /** Each kind of element inside of the sender's frame. */
  readonly tags: readonly string[];
}

/** Runs in the page before its own scripts. */
const STAGE = `(() => {
  const listeners = [];
  const stage = { view: { kind: "setup" }, refused: false, decisions: [], said: [] };
  const decide = ({ request }) => (stage.decisions.push(request), { ok: true });
  const answers = {
    "popup.mark": () => ({ mark: "0123456789abcdef0123456789abcdef", theme: "system" }),
    "popup.decide": decide,
    "popup.decideEndorsement": decide,
    "popup.look": () => stage.view,
    "popup.present": () => ({ presented: true }),
    "popup.refuse": () => ((stage.refused = true), { refused: false }),
  };
  chrome.runtime.sendMessage = async (message) => answers[message.name](message);
  chrome.runtime.onMessage.addListener = (listener) => listeners.push(listener);
  stage.changed = () => listeners.forEach((listener) => listener("changed", {}, () => undefined));
  globalThis.stage = stage;
  document.addEventListener("DOMContentLoaded", () => {
    const status = document.querySelector("[role=status]");
    new MutationObserver(() => stage.said.push(status.textContent)).observe(status, { childList: true });
  });
})()`;

const SHOW = `async (requests) => {
  const textOf = (element) => {
    const { direction, unicodeBidi } = getComputedStyle(element);
    return { text: element.textContent, dir: element.dir, direction, isolation: unicodeBidi };
  };
  const all = (selector) => [...document.querySelectorAll(selector)];
  const main = document.querySelector("main");
  const shown = [];
  for (const request of requests) {
    const before = main.firstElementChild;
    stage.refused = false;
    stage.view = { kind: "request", request, waiting: 1 };
    stage.changed();
    while (main.firstElementChild === before) await new Promise((resolve) => setTimeout(resolve));
    while (main.firstElementChild === null && !stage.refused) await new Promise((resolve) => setTimeout(resolve));
    shown.push({
      refused: stage.refused,
      heading: all("[data-testid=heading]").map(textOf)[0],
      paragraphs: all("[data-testid=paragraph]").map(textOf),
      labels: all("[data-testid=choice] .label").map(textOf),
      tags: [...new Set(all(".text *").map((element) => element.localName))].sort(),
    });
    if (main.firstElementChild === null) {
      stage.view = { kind: "setup" };
      stage.changed();
      while (main.firstElementChild === null) await new Promise((resolve) => setTimeout(resolve));
    }
  }
  return shown;
}`;

/** Opens the page. */
export async function openPopupPage(chromium: Chromium): Promise<Page> {
  const page = await chromium.context.newPage();
  await page.addInitScript(STAGE);
  await page.goto(chromium.url(POPUP));
  await page.getByTestId("setup").waitFor();
  return page;
}

/** Shows each document as a request of its own, one after the other. */
export async function showEach(page: Page, documents: readonly Srml[]): Promise<readonly Shown[]> {
  const requests = JSON.stringify(documents.map(requestOf));
  const shown: unknown = await page.evaluate(`(${SHOW})(${requests})`);
  return shown as readonly Shown[];
}

/** Shows what the background would answer, and forgets what was decided and said before. */
export async function showView(page: Page, view: PopupView): Promise<void> {
  await page.evaluate(`Object.assign(stage, { view: ${JSON.stringify(view)}, decisions: [], said: [] }).changed()`);
}

/** What was decided since {@link showView}. */
export async function decisionsIn(page: Page): Promise<readonly Decision[]> {
  const decisions: unknown = await page.evaluate("stage.decisions");
  return decisions as readonly Decision[];
}

/** What the live region said since {@link showView}. */
export async function saidIn(page: Page): Promise<readonly string[]> {
  const said: unknown = await page.evaluate("stage.said");
  return said as readonly string[];
}

let count = 0;

/** A request of somebody unknown, which is new each time. */
export function requestOf(srml: Srml): RequestView {
  count += 1;
  return {
    account: "alice@localhost",
    accountDomain: undefined,
    broker: "http://127.0.0.1:8787/.well-known/confirm",
    id: `RB${count}`,
    digest: String(count),
    sender: {
      trust: "unverified",
      fromId: "bank@ethel.example",
      domain: { ascii: "ethel.example", unicode: undefined, mixesScripts: false, resembles: undefined },
      check: "none",
      kid: "MDDK7-N6A72-7AJZN-OSTRX-XKS7D-JAFXI",
      acceptedBefore: 0,
      muted: false,
    },
    srml,
    match: false,
    presence: undefined,
    encryptedFor: 0,
    created: Date.now(),
    expires: Date.now() + 600_000,
  };
}
