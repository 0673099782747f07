/** The screen of one request: the three bands, and the arming of its buttons. It decides nothing and calls nobody. */
import type { Decision, EndorsementView, RequestView } from "../../responder/index.ts";
import { i18n } from "../browser.ts";
import { number } from "../language.ts";
import { LIMITS } from "../../protocol/index.ts";
import { arm, type Arming, type ArmingEvent, type Needs, startArming, verdictOf } from "./arming.ts";
import { decisionBand, type Rejection } from "./decision-band.ts";
import { brokerBand, deviceBand } from "./endorsement-bands.ts";
import type { SrmlElements } from "./sanitize.ts";
import { whatBand, type WhatBand } from "./what-band.ts";
import { whoBand, type WhoBand } from "./who-band.ts";

export interface RequestScreen {
  readonly elements: readonly HTMLElement[];
  readonly note: (event: ArmingEvent) => void;
  readonly setWaiting: (count: number) => void;
  readonly showProblem: (text: string | undefined) => void;
  readonly close: () => void;
}

export interface RequestScreenEvents {
  /** @param block - the sender is to be blocked after this no */
  readonly onDecision: (decision: Decision, block: boolean) => void;
  readonly onCheckSender: () => void;
  readonly onMute: (muted: boolean) => void;
  /** Accept became live, or stopped being it. */
  readonly onArmed: (isArmed: boolean) => void;
  /** Its time runs out, or has: each is said once. @param words - a key */
  readonly onEnding: (words: string) => void;
}

/** What is said of the end, and how many milliseconds before it. */
const ENDINGS = [
  { left: 60_000, words: "saysExpiring" },
  { left: 0, words: "expired" },
] as const;

/**
 * Builds the screen of a request.
 *
 * @param srml - the request's text, as the sanitizer left it unchanged
 */
export function requestScreen(
  request: RequestView,
  srml: SrmlElements,
  locale: string,
  events: RequestScreenEvents,
): RequestScreen {
  const { trust, check } = request.sender;
  const needs: Needs = {
    tick: trust === "unverified",
    choice: request.match ? "code" : srml.buttons.length > 1 ? "choose" : undefined,
    forbidden: trust === "changed" || request.presence === "unset" || request.presence === "unable",
    checking: check === "running" || check === "due",
  };
  const bands: Bands = {
    who: (onMoved) => whoBand(request, locale, { onMoved, onCheck: events.onCheckSender, onMute: events.onMute }),
    what: (onRead, onChosen) => whatBand(srml, onRead, onChosen),
  };
  return armedScreen(request, needs, bands, locale, events);
}

/** Builds the screen about a new device. What was typed is the decision's `choice`. */
export function endorsementScreen(
  request: EndorsementView,
  locale: string,
  events: Omit<RequestScreenEvents, "onCheckSender" | "onMute">,
): RequestScreen {
  const needs: Needs = { tick: false, choice: "device", forbidden: false, checking: false };
  const bands: Bands = { who: () => brokerBand(request), what: (onRead) => deviceBand(request, onRead) };
  return armedScreen(request, needs, bands, locale, events);
}

interface Bands {
  readonly who: (onMoved: () => void) => WhoBand;
  readonly what: (onRead: () => void, onChosen: () => void) => WhatBand;
}

function armedScreen(
  request: RequestView | EndorsementView,
  needs: Needs,
  bands: Bands,
  locale: string,
  events: Omit<RequestScreenEvents, "onCheckSender" | "onMute">,
): RequestScreen {
  let state: Arming = startArming(needs, isAttentive(), performance.now());
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasArmed = false;

  const who = bands.who(() => note({ kind: "moved" }));
  const what = bands.what(
    () => note({ kind: "read" }),
    () => {
      decision.showLabel(what.chosen()?.label);
      note({ kind: "chosen", chosen: true });
    },
  );
  const decision = decisionBand(request, locale, {
    onAccept: () => {
      if (verdict().waits === undefined) decide(true, "plain");
    },
    onReject: (how) => {
      if (verdict().rejectLive) decide(false, how);
    },
    onTicked: (ticked) => note({ kind: "ticked", ticked }),
    onTyped: (isWhole) => note({ kind: "chosen", chosen: isWhole }),
  });

  function verdict(): ReturnType<typeof verdictOf> {
    state = arm(state, { kind: "attention", attentive: isAttentive() }, performance.now());
    if (Date.now() >= request.expires) state = arm(state, { kind: "expired" }, performance.now());
    return verdictOf(state, performance.now(), LIMITS.armingMs);
  }

  function note(event: ArmingEvent): void {
    state = arm(state, event, performance.now());
    show();
  }

  function show(): void {
    const now = verdict();
    decision.show(now);
    const isArmed = now.waits === undefined;
    if (isArmed !== wasArmed) events.onArmed(isArmed);
    wasArmed = isArmed;
    clearTimeout(timer);
    timer = now.again === undefined ? undefined : setTimeout(show, Math.ceil(now.again));
  }

  function decide(value: boolean, how: Rejection): void {
    note({ kind: "acted" });
    const { account, broker, id, digest } = request;
    const choice = value ? (decision.typed() ?? what.chosen()?.choice) : undefined;
    const reason = how === "unknown" ? how : undefined;
    const made = { account, broker, id, digest, value, choice, expected: decision.expected(), reason };
    events.onDecision(made, how === "block");
  }

  const endings = ENDINGS.filter(({ left }) => request.expires - Date.now() > left);
  const everySecond = setInterval(() => {
    decision.showTimes(Date.now());
    show();
    if (request.expires - Date.now() > (endings[0]?.left ?? -Infinity)) return;
    const ending = endings.shift();
    if (ending !== undefined) events.onEnding(ending.words);
  }, 1000);
  decision.showLabel(what.chosen()?.label);
  decision.showTimes(Date.now());
  show();

  return {
    elements: [who.element, what.element, decision.element],
    note,
    setWaiting: (count) => who.setQueue(i18n("queue", number(1), number(Math.max(1, count)))),
    showProblem: (text) => decision.showProblem(text),
    close: () => {
      clearTimeout(timer);
      clearInterval(everySecond);
      what.close();
    },
  };
}

/** Whether the user can see this window, and it is the one that they use. */
function isAttentive(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}
