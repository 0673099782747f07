/** The first band: who asks. Ours alone; the sender's name stands here as a fact or with "Claims to be" before it. */
import type { RequestView } from "../../responder/index.ts";
import { i18n, openOptions } from "../browser.ts";
import { counted } from "../language.ts";
import { button, type Child, element, fingerprint, foreign, sentence } from "../page/dom.ts";
import { icon } from "../page/icons.ts";
import { dateAndTime } from "../page/times.ts";
import { domainNotes, reading } from "./domain-notes.ts";
import { senderCheck } from "./sender-check.ts";
import { TRUST } from "../page/outcome.ts";

export interface WhoBand {
  readonly element: HTMLElement;
  readonly setQueue: (text: string) => void;
}

export interface WhoEvents {
  /** Opening or closing the details moved what is below. */
  readonly onMoved: () => void;
  /** The user wants the sender's domain to be asked; without it that is not offered. */
  readonly onCheck?: () => void;
  /** The user wants no notification of this key, or wants it again; without it that is not offered. */
  readonly onMute?: (muted: boolean) => void;
}

/**
 * The band of a request. Its details open on request.
 *
 */
export function whoBand(request: RequestView, locale: string, { onMoved, onCheck, onMute }: WhoEvents): WhoBand {
  const queue = element("span", { class: "queue", testid: "queue" });
  const details = element(
    "div",
    { class: "more", attributes: { id: "more", tabindex: "0" } },
    ...moreOf(request, locale),
    onMute === undefined ? undefined : muteButton(request, onMute),
  );
  details.hidden = true;
  const toggle = element(
    "button",
    {
      class: "link",
      testid: "more",
      attributes: { type: "button", "aria-expanded": "false", "aria-controls": "more" },
    },
    i18n("more"),
  );
  toggle.addEventListener("click", () => {
    details.hidden = !details.hidden;
    toggle.setAttribute("aria-expanded", String(!details.hidden));
    toggle.textContent = i18n(details.hidden ? "more" : "less");
    onMoved();
  });
  const { trust } = request.sender;
  const band = element(
    "section",
    { class: `band who trust-${trust}`, attributes: { "aria-label": i18n("whoLabel") } },
    element(
      "div",
      { class: "who-row" },
      icon(trust),
      element("div", { class: "who-name" }, ...nameOf(request)),
      element("div", { class: "who-side" }, queue, toggle),
    ),
    ...(trust === "changed" ? alarm() : []),
    ...domainNotes(request.sender.domain),
    onCheck === undefined ? undefined : senderCheck(request.sender, onCheck),
    request.sender.muted ? element("p", { class: "muted", testid: "muted" }, i18n("muted")) : undefined,
    encryptedMark(request.encryptedFor),
    details,
  );
  return { element: band, setQueue: (text) => (queue.textContent = text) };
}

/** Who can read the request, where it came encrypted. */
function encryptedMark(devices: number): HTMLElement | undefined {
  if (devices === 0) return undefined;
  return element("p", { class: "encrypted", testid: "encrypted" }, icon("encrypted"), counted("encryptedFor", devices));
}

/** What a changed key means, and where both can be compared: there is nothing to accept here. */
function alarm(): readonly HTMLElement[] {
  const compare = button(i18n("compareKeys"), { class: "link", testid: "compare" }, () => void openOptions());
  return [element("p", { class: "alarm" }, i18n(TRUST.changed.why)), compare];
}

function muteButton({ sender: { muted } }: RequestView, onMute: (muted: boolean) => void): HTMLElement {
  const words = i18n(muted ? "unmuteSender" : "muteSender");
  const made = button(words, { class: "link", testid: "mute" }, () => {
    made.disabled = true;
    onMute(!muted);
  });
  return made;
}

/** The sign of this extension. */
export function mark(): HTMLElement {
  return element("img", { class: "mark", attributes: { src: "/icons/mark.svg", alt: "" } });
}

/** From so many characters on a name fills a narrow window. */
const LONG_NAME = 80;

/** A verified fact with a word for how it is known; or first that it is not known. */
function nameOf({ sender }: RequestView): readonly HTMLElement[] {
  switch (sender.trust) {
    case "pinned":
    case "domain":
    case "local": {
      const name = element("p", { class: "sender", testid: "sender" }, foreign(sender.fromId));
      const words = sentence(TRUST[sender.trust].word, foreign(sender.domain.ascii));
      const trust = element("p", { class: "trust", testid: "trust" }, words);
      // However long a name is, it does not push out how it is known.
      return sender.fromId.length > LONG_NAME ? [trust, name] : [name, trust];
    }
    case "unverified":
    case "changed": {
      const word = element("strong", {}, i18n(TRUST[sender.trust].word));
      const claim = element("span", { testid: "sender" }, sentence("trustClaims", word, foreign(sender.fromId)));
      return [element("p", { class: "trust", testid: "trust" }, claim)];
    }
  }
}

/** The user's own account; beside it, its domain in its own letters. */
function accountOf({ account, accountDomain }: RequestView): Node {
  const shown = element("div", {}, foreign(account));
  if (accountDomain !== undefined) shown.append(element("div", {}, reading(accountDomain)));
  return shown;
}

function moreOf(request: RequestView, locale: string): readonly Child[] {
  const { sender } = request;
  const before = sender.acceptedBefore > 0 ? counted("acceptedBefore", sender.acceptedBefore) : i18n("acceptedNever");
  const created = request.created === undefined ? i18n("undated") : dateAndTime(request.created, locale);
  const facts: readonly (readonly [string, Node | string])[] = [
    ["moreKey", fingerprint(sender.kid)],
    ["moreHistory", before],
    ["moreAccount", accountOf(request)],
    ["moreBroker", foreign(request.broker)],
    ["moreAsked", created],
    ["moreExpires", dateAndTime(request.expires, locale)],
    ["moreRequest", fingerprint(request.id)],
  ];
  return [
    sender.trust === "changed" ? undefined : element("p", {}, i18n(TRUST[sender.trust].why)),
    element("dl", {}, ...facts.flatMap(([name, value]) => [element("dt", {}, i18n(name)), element("dd", {}, value)])),
  ];
}
