/**
 * The first two bands where the account's own broker asks about a device, a new one or one with other keys. All of it is
 * ours: the request's text is not shown. The beginning of the fingerprint stands where its end is typed.
 */
import type { AccountKey, EndorsementView } from "../../responder/index.ts";
import { i18n } from "../browser.ts";
import { type Child, element, fingerprint, foreign, sentence } from "../page/dom.ts";
import { icon } from "../page/icons.ts";
import { watchEnd, type WhatBand } from "./what-band.ts";
import type { WhoBand } from "./who-band.ts";

/** Who asks: the broker that this account is connected to, which is verified. */
export function brokerBand({ broker }: AccountKey): WhoBand {
  const queue = element("span", { class: "queue", testid: "queue" });
  const band = element(
    "section",
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
export function deviceBand({ account, known, presence }: EndorsementView, onRead: () => void): WhatBand {
  const end = element("div", { class: "end" });
  const title = !known ? "endorseTitle" : presence === undefined ? "changeTitle" : "changePresenceTitle";
  const asked = (key: string, ...parts: readonly Node[]): HTMLElement =>
    element("p", { class: "paragraph" }, sentence(key, ...parts));
  const text = element(
    "section",
    { class: "text", attributes: { "aria-label": i18n("endorseLabel") } },
    element("h1", { class: "heading", testid: "heading" }, i18n(title)),
    asked(known ? "changeText" : "endorseText", foreign(account, { testid: "account" })),
    ...(presence === undefined
      ? []
      : [
          asked("endorsePresence", fingerprint(presence.kid, "presence-fingerprint")),
          asked("endorsePlace", element("span", { testid: "place" }, ...placeOf(presence))),
        ]),
    end,
  );
  const frame = element("div", { class: "frame own" }, text);
  return {
    element: element("div", { class: "band what" }, frame),
    chosen: () => undefined,
    close: watchEnd(text, end, frame, onRead),
  };
}

/** Where it is asked for, and for whom where that is somebody else. */
function placeOf({ origin, rpId }: NonNullable<EndorsementView["presence"]>): readonly Child[] {
  return rpId === origin ? [foreign(origin)] : [foreign(origin), " · ", foreign(rpId)];
}
