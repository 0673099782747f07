/**
 * The doorway to the browser: with `background/browser.ts`, which is for the background alone, the only file that names
 * its API (webextension-polyfill, so that Chrome and Firefox are one). Thin functions with the types of this project; no decision is taken here.
 */
import browser from "webextension-polyfill";
import type { MessageName, RequestOf, ResponseOf } from "./messages.ts";

/** Who sent a message: our own extension's id, and the exact page. */
export interface MessageSender {
  readonly id?: string;
  readonly url?: string;
}

/** How a message travels from a page to the background. */
interface Envelope<N extends MessageName> {
  readonly name: N;
  readonly request: RequestOf<N>;
}

/** The background gave no answer: it is gone, or it failed. Whether it did what was asked is not known. */
export class BackgroundSilentError extends Error {
  override readonly name = "BackgroundSilentError";
  readonly code = "background_silent";
}

/** Broadcast by the background, without content: something changed, look again. */
const CHANGED = "changed";
const ANSWER_MS = 5000;
const POPUP_PAGE = "src/extension/popup/index.html";
const POPUP_WINDOW = { type: "popup", width: 412, height: 640 } as const;

/**
 * Asks the background, and waits for its answer.
 *
 * @param waitMs - how long to wait, in milliseconds
 * @throws BackgroundSilentError
 */
export async function sendToBackground<N extends MessageName>(
  name: N,
  request: RequestOf<N>,
  waitMs: number = ANSWER_MS,
): Promise<ResponseOf<N>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), waitMs);
  });
  const answer = browser.runtime
    .sendMessage<Envelope<N>, ResponseOf<N> | null | undefined>({ name, request })
    .catch(() => undefined);
  const response = await Promise.race([answer, silence]);
  clearTimeout(timer);
  if (response === undefined || response === null) throw new BackgroundSilentError(`No answer to ${name}.`);
  return response;
}

/**
 * Hears the messages of our own pages.
 *
 * @param handler - returns undefined for what it does not answer; a rejection is no answer to the page
 */
export function onMessage(handler: (message: unknown, sender: MessageSender) => Promise<unknown> | undefined): void {
  browser.runtime.onMessage.addListener((message: unknown, sender: MessageSender) => handler(message, sender));
}

/** Tells every open page to look again; that none is open is no failure. */
export async function broadcastChanged(): Promise<void> {
  await browser.runtime.sendMessage(CHANGED).catch(() => undefined);
}

/** Hears {@link broadcastChanged}. */
export function onChanged(listener: () => void): void {
  browser.runtime.onMessage.addListener((message: unknown) => {
    if (message === CHANGED) listener();
    return undefined;
  });
}

/** A text of the user's language, from `public/_locales`. */
export function i18n(key: string, ...substitutions: readonly string[]): string {
  return browser.i18n.getMessage(key, [...substitutions]);
}

/** The language of the browser, as a BCP 47 tag. */
export function uiLanguage(): string {
  return browser.i18n.getUILanguage();
}

/** The version of this extension. */
export function extensionVersion(): string {
  return browser.runtime.getManifest().version;
}

export function extensionId(): string {
  return browser.runtime.id;
}

/**
 * Whether a page of this extension can ask an authenticator. Firefox throws a SecurityError: there an extension has no
 * identity of its own for WebAuthn, and may use a website's only with a permission for that site.
 */
export function canAskPresence(): boolean {
  return !extensionUrl("").startsWith("moz-extension:");
}

/** The exact URL of a file of this extension. */
export function extensionUrl(path: string): string {
  return browser.runtime.getURL(path);
}

export async function openOptions(): Promise<void> {
  await browser.runtime.openOptionsPage();
}

let popupWindow: number | undefined;

/** Opens the popup; where the browser wants a gesture on its own button for that, the same page in a small window. */
export async function openPopup(): Promise<void> {
  try {
    await browser.action.openPopup();
  } catch {
    if (popupWindow !== undefined && (await focusWindow(popupWindow))) return;
    const opened = await browser.windows.create({ ...POPUP_WINDOW, url: extensionUrl(POPUP_PAGE) });
    popupWindow = opened.id;
  }
}

async function focusWindow(id: number): Promise<boolean> {
  return browser.windows.update(id, { focused: true }).then(
    () => true,
    () => false,
  );
}

/** The sign on the toolbar button; empty where there is none. */
export function badge(): Promise<string> {
  return browser.action.getBadgeText({});
}

/** Sets how the toolbar button is. @param button.icon - what the names of its pictures begin with */
export async function setToolbar(button: {
  readonly badge: string;
  readonly color: string;
  readonly title: string;
  readonly icon: string;
}): Promise<void> {
  const picture = (size: number): string => extensionUrl(`icons/${button.icon}${size}.png`);
  await browser.action.setBadgeText({ text: button.badge });
  await browser.action.setBadgeBackgroundColor({ color: button.color });
  await browser.action.setTitle({ title: button.title });
  await browser.action.setIcon({ path: { 16: picture(16), 32: picture(32) } });
}

/** Wakes the background again and again; creating an alarm of the same name replaces it. */
export async function createAlarm(name: string, everyMinutes: number): Promise<void> {
  await browser.alarms.create(name, { periodInMinutes: everyMinutes });
}

export function onAlarm(listener: (name: string) => void): void {
  browser.alarms.onAlarm.addListener(({ name }) => listener(name));
}

/** Shows a notification; one of the same id is replaced. */
export async function notify(id: string, title: string, message: string): Promise<void> {
  await browser.notifications.create(id, { type: "basic", iconUrl: extensionUrl("icons/128.png"), title, message });
}

export async function clearNotification(id: string): Promise<void> {
  await browser.notifications.clear(id);
}

export function onNotificationClicked(listener: (id: string) => void): void {
  browser.notifications.onClicked.addListener(listener);
}

export function onInstalled(listener: () => void): void {
  browser.runtime.onInstalled.addListener(() => listener());
}

export function onStartup(listener: () => void): void {
  browser.runtime.onStartup.addListener(listener);
}

/** Firefox counts a call of its API as a sign of life, a WebSocket's message not. */
export async function keepAlive(): Promise<void> {
  await browser.alarms.getAll();
}
