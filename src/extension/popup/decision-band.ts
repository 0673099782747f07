/**
 * The third band: the decision. Accept and Reject are the only actions of this popup, and nothing here decides when
 * they are live: that is the arming's verdict.
 */
import type { EndorsementView, RequestView } from "../../responder/index.ts";
import { i18n, openOptions } from "../browser.ts";
import { button, element, fingerprint, foreign, sentence, setText } from "../page/dom.ts";
import { ago, span } from "../page/times.ts";
import type { Verdict } from "./arming.ts";
import { guardedButton } from "./guarded-button.ts";
import { typedField } from "./typed-field.ts";
import { PRESENCE, WAITS } from "./words.ts";

/** A no: plain, with the reason that it was not the user, or to be followed by a block. */
export type Rejection = "plain" | "unknown" | "block";

export interface DecisionEvents {
  readonly onAccept: () => void;
  readonly onReject: (how: Rejection) => void;
  readonly onTicked: (ticked: boolean) => void;
  /** What is to be typed was changed. @param isWhole - whether it is all there now */
  readonly onTyped: (isWhole: boolean) => void;
}

export interface DecisionBand {
  readonly element: HTMLElement;
  readonly expected: () => boolean;
  /** The code or the end of a fingerprint, where one is asked for and typed. */
  readonly typed: () => string | undefined;
  readonly show: (verdict: Verdict) => void;
  /** Says on Accept what is going to be accepted. */
  readonly showLabel: (label: string | undefined) => void;
  /** An error, in a sentence that says what to do; undefined takes it away. */
  readonly showProblem: (text: string | undefined) => void;
  /** Says when it was asked and when it expires. @param now - milliseconds since 1970 */
  readonly showTimes: (now: number) => void;
}

/** The band of a request, with its buttons dead until {@link DecisionBand.show} says otherwise. */
export function decisionBand(
  request: RequestView | EndorsementView,
  locale: string,
  events: DecisionEvents,
): DecisionBand {
  const isDevice = "fingerprintStart" in request;
  const trust = isDevice ? undefined : request.sender.trust;
  const tick = element("input", { testid: "expected", attributes: { type: "checkbox" } });
  tick.addEventListener("change", () => events.onTicked(tick.checked));
  const field = isDevice
    ? typedField("typed", fingerprint(request.fingerprintStart, "fingerprint-start"), events.onTyped)
    : request.match
      ? typedField("match", undefined, events.onTyped)
      : undefined;
  const reject = guardedButton("reject", "reject", () => events.onReject("plain"));
  const accept = guardedButton("accept", "accept", events.onAccept);
  const notMe = guardedButton("link", "not-me", () => events.onReject("unknown"));
  const block = guardedButton("link", "reject-block", () => events.onReject("block"));
  const rejections = [reject, notMe, block];
  reject.element.append(i18n("reject"));
  block.element.append(i18n("rejectBlock"));
  notMe.element.append(i18n("notMe"));
  accept.element.setAttribute("aria-describedby", "why");
  const why = element("p", { class: "why", testid: "why", attributes: { id: "why" } });
  const problem = element("div", { class: "problems", attributes: { role: "alert" } });
  const expires = element("p", { testid: "expires" });
  const asked = element("p");
  const band = element(
    "section",
    { class: "band decision", attributes: { "aria-label": i18n("decisionLabel") } },
    isDevice ? undefined : presenceNote(request),
    field?.element,
    trust === "unverified"
      ? element("label", { class: "tick" }, tick, element("span", {}, i18n("expected")))
      : undefined,
    element("div", { class: "buttons" }, reject.element, trust === "changed" ? undefined : accept.element),
    problem,
    element("div", { class: "meta" }, expires, why),
    element(
      "div",
      { class: "meta" },
      asked,
      element("p", { class: "others" }, isDevice ? undefined : block.element, notMe.element),
    ),
  );
  return {
    element: band,
    expected: () => tick.checked,
    typed: () => field?.text(),
    show: ({ waits, rejectLive }) => {
      accept.setLive(waits === undefined);
      for (const one of rejections) one.setLive(rejectLive);
      setText(why, waits === undefined ? "" : i18n(WAITS[waits]));
    },
    showLabel: (label) => {
      accept.element.replaceChildren(
        label === undefined
          ? i18n(isDevice ? "letIn" : "accept")
          : sentence("acceptLabel", foreign(label, { class: "echo" })),
      );
    },
    showProblem: (text) => {
      const said = text === undefined ? [] : [element("p", { class: "problem", testid: "error" }, text)];
      if (problem.textContent !== (text ?? "")) problem.replaceChildren(...said);
      why.hidden = text !== undefined;
    },
    showTimes: (now) => {
      const left = request.expires - now;
      setText(expires, left > 0 ? i18n("expiresIn", span(left, locale)) : i18n("expired"));
      setText(
        asked,
        request.created === undefined ? i18n("undated") : i18n("asked", ago(now - request.created, locale)),
      );
    },
  };
}

/** What Accept takes besides the press, or why there is none. */
function presenceNote({ presence }: RequestView): HTMLElement | undefined {
  if (presence === undefined) return undefined;
  const settings = (): HTMLElement =>
    button(i18n("presenceSetUp"), { class: "link", testid: "presence-settings" }, () => void openOptions());
  return element(
    "p",
    { class: `presence presence-${presence}`, testid: "presence" },
    i18n(PRESENCE[presence]),
    ...(presence === "unset" ? [" ", settings()] : []),
  );
}
