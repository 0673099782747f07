/**
 * The first two bands where the account's own broker asks about a new device. All of it is ours: the request's text is not
 * shown, and of the fingerprint only what need not be typed.
 */
import type { AccountKey, EndorsementView } from "../../responder/index.ts";
import { i18n } from "../browser.ts";
import { element, fingerprint, foreign, sentence } from "../page/dom.ts";
import { icon } from "../page/icons.ts";
import { watchEnd, type WhatBand } from "./what-band.ts";
import type { WhoBand } from "./who-band.ts";

/** Who asks: the broker that this account is connected to, which is verified. */
export function brokerBand({ broker }: AccountKey): WhoBand {
  const queue = element("span", { class: "queue", testid: "queue" });
  const band = element(
    "header",
    { class: "band who", attributes: { "aria-label": i18n("whoLabel") } },
    element(
      "div",
      { class: "who-row" },
      icon("local"),
      element(
        "div",
        { class: "who-name" },
        element("p", { class: "sender", testid: "sender" }, i18n("brokerAsks")),
        element("p", { class: "trust", testid: "trust" }, foreign(new URL(broker).host)),
      ),
      element("div", { class: "who-side" }, queue),
    ),
  );
  return { element: band, setQueue: (text) => (queue.textContent = text) };
}

/** What is asked. @param onRead - called once, when the end has been on the screen */
export function deviceBand({ account, fingerprintStart, presence }: EndorsementView, onRead: () => void): WhatBand {
  const end = element("div", { class: "end" });
  const text = element(
    "section",
    { class: "text", attributes: { "aria-label": i18n("endorseLabel") } },
    element("h1", { class: "heading", testid: "heading" }, i18n("endorseTitle")),
    element("p", { class: "paragraph" }, sentence("endorseText", foreign(account, { testid: "account" }))),
    element("p", { class: "paragraph" }, i18n("endorseStart")),
    element("p", { class: "start" }, fingerprint(fingerprintStart, "fingerprint-start"), " …"),
    presence === undefined
      ? undefined
      : element("p", { class: "paragraph" }, sentence("endorsePresence", fingerprint(presence))),
    end,
  );
  const frame = element("div", { class: "frame own" }, text);
  return {
    element: element("div", { class: "band what" }, frame),
    chosen: () => undefined,
    close: watchEnd(text, end, frame, onRead),
  };
}
