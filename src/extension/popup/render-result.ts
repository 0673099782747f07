/** The screen after: what became of the request that was shown. It stays until Next is pressed. */
import type { RequestView, ResultView } from "../../responder/index.ts";
import { i18n } from "../browser.ts";
import { counted } from "../language.ts";
import type { SettledView } from "../messages.ts";
import { button, element, foreign, sentence } from "../page/dom.ts";
import { icon } from "../page/icons.ts";
import { type Outcome, outcomeOf } from "../page/outcome.ts";
import { outcomeLine, outcomeTitle } from "../page/outcome-text.ts";
import { blockBar } from "./block-bar.ts";
import { srmlElements } from "./sanitize.ts";
import { whatBand } from "./what-band.ts";
import { brokerBand } from "./endorsement-bands.ts";
import { whoBand } from "./who-band.ts";

export interface ResultScreen {
  readonly elements: readonly HTMLElement[];
  /** Shows a newer state of the same request, leaving Next and its focus alone. */
  readonly update: (settled: SettledView, waiting: number) => void;
}

export interface ResultScreenEvents {
  readonly onNext: () => void;
  /** False where it could not be kept that the sender is to be blocked. */
  readonly onBlock: () => Promise<boolean>;
}

/**
 * Builds the screen of a result.
 *
 * @param shown - the request as it was on the screen, for who asked it; undefined where this window did not show it
 */
export function resultScreen(
  result: ResultView,
  shown: RequestView | undefined,
  locale: string,
  events: ResultScreenEvents,
): ResultScreen {
  const outcome = element("div", { class: "outcome", testid: "result" });
  const next = button("", { class: "next", testid: "next" }, events.onNext);
  const block = blockBar(events.onBlock);
  const who = whoOf(result, shown, locale);
  const what = headingBand(result);
  const decision = element(
    "section",
    { class: "band decision", attributes: { "aria-label": i18n("decisionLabel") } },
    outcome,
    element("div", { class: "buttons" }, next),
    block.element,
  );
  const update = (newer: SettledView, waiting: number): void => {
    outcome.replaceChildren(...outcomeElements(outcomeOf(newer.result), locale));
    block.show(newer);
    next.textContent = waiting > 0 ? counted("next", waiting) : i18n("done");
  };
  return { elements: what === undefined ? [who, decision] : [who, what, decision], update };
}

function whoOf(result: ResultView, shown: RequestView | undefined, locale: string): HTMLElement {
  if (result.endorses) return brokerBand(result).element;
  return shown === undefined ? claimedBand(result) : whoBand(shown, locale, { onMoved: () => undefined }).element;
}

/** What it was about: the heading alone, through the same gate as the whole text. */
function headingBand({ heading }: ResultView): HTMLElement | undefined {
  const srml = heading === "" ? undefined : srmlElements({ heading, paragraphs: [], buttons: [] });
  return srml === undefined
    ? undefined
    : whatBand(
        srml,
        () => undefined,
        () => undefined,
      ).element;
}

/** Who it was from, where all that is known is the name in the request. */
function claimedBand({ fromId }: ResultView): HTMLElement {
  const name = fromId === "" ? i18n("senderUnknown") : sentence("claims", foreign(fromId));
  return element(
    "section",
    { class: "band who", attributes: { "aria-label": i18n("whoLabel") } },
    element("div", { class: "who-row" }, element("p", { class: "who-name trust", testid: "sender" }, name)),
  );
}

function outcomeElements(outcome: Outcome, locale: string): readonly HTMLElement[] {
  return [
    element("p", { class: "outcome-title" }, icon(outcome.icon), element("strong", {}, outcomeTitle(outcome))),
    element("p", { class: `outcome-line line-${outcome.icon}` }, outcomeLine(outcome, locale)),
    ...(outcome.note === undefined ? [] : [element("p", { class: "outcome-note" }, i18n(outcome.note))]),
  ];
}
