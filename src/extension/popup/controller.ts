/**
 * What the popup does: looks at what the background has, puts it on the screen, hands over what the user decided. A
 * result stays until Next; a silent background disarms everything. It holds no key and knows no storage or network.
 */
import type { Decision, EndorsementView, RequestRef, RequestView } from "../../responder/index.ts";
import { i18n, sendToBackground } from "../browser.ts";
import { locale as localeOf } from "../language.ts";
import type { PopupView, RequestOf, ResponseOf, SettledView, StorageProblem } from "../messages.ts";
import { type DecisionName, handOver } from "./hand-over.ts";
import { closedScreen, emptyScreen, errorScreen, momentScreen, setupScreen } from "./render-empty.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import { endorsementScreen, type RequestScreen, requestScreen } from "./render-request.ts";
import { type ResultScreen, resultScreen } from "./render-result.ts";
import { srmlElements } from "./sanitize.ts";
import type { ArmingEvent } from "./arming.ts";
import { outcomeOf, TRUST } from "../page/outcome.ts";
import { outcomeLine } from "../page/outcome-text.ts";
import { refOf } from "../page/ref.ts";

type Screen =
  | { readonly kind: "request"; readonly request: RequestView | EndorsementView; readonly screen: RequestScreen }
  | { readonly kind: "result"; readonly settled: SettledView; readonly waiting: number; readonly screen: ResultScreen }
  /** Told apart by its content. */
  | { readonly kind: "calm"; readonly content: string };

/** Longer than the background gives the domain. */
const CHECK_MS = 10_000;
/** After so long without a first answer the popup says that it waits. */
const MOMENT_MS = 700;

export interface Popup {
  /** Asks what there is to show, and shows it. */
  readonly look: () => Promise<void>;
  /** Tells the arming of what happened to the window. */
  readonly note: (event: ArmingEvent) => void;
}

/**
 * The popup's conduct.
 *
 * @param root - where the bands go
 * @param status - a polite live region
 * @param events.onStorage - what is wrong with the storage, whatever is on the screen
 */
export function createPopup(
  root: HTMLElement,
  status: HTMLElement,
  events: { readonly onStorage: (problem: StorageProblem | undefined) => void },
): Popup {
  const locale = localeOf();
  let current: Screen | undefined;
  /** What the user has on the screen: a request, or its result. */
  let showing: RequestRef | null = null;
  /** The request that {@link showing} was, for who asked it. */
  let shown: RequestView | undefined;
  /** Decisions under way. */
  let decisions = 0;
  let isBroken = false;
  /** What was last said to be wrong with the storage. */
  let storage: StorageProblem | undefined;

  const look = oneAtATime(async () => {
    if (decisions > 0) return;
    const asked = showing;
    try {
      const view = await sendToBackground("popup.look", { showing: asked });
      // What was asked before a decision or Next says nothing about what is on the screen now.
      storage = view.storage;
      if (isCurrent(asked)) await apply(view);
      events.onStorage(view.kind === "closed" ? undefined : view.storage);
    } catch {
      fail();
    }
  });

  function isCurrent(asked: RequestRef | null): boolean {
    return asked === showing && decisions === 0;
  }

  async function apply(view: PopupView): Promise<void> {
    // A result gives way to nothing but Next.
    if (current?.kind === "result" && showing !== null && view.kind !== "result") return;
    switch (view.kind) {
      case "request":
        await applyRequest(view.request, view.waiting);
        break;
      case "endorsement":
        applyEndorsement(view.endorsement, view.waiting);
        break;
      case "result":
        applyResult({ result: view.result, block: view.block }, view.waiting);
        break;
      case "empty":
        applyCalm(JSON.stringify(view), () => emptyScreen(view, locale));
        break;
      case "closed":
        applyCalm(view.storage, () => closedScreen(view.storage));
        break;
      case "setup":
        applyCalm("setup", setupScreen);
        break;
    }
    isBroken = false;
  }

  /** Whether this is on the screen already; then only the rest is renewed. */
  function stays(request: RequestView | EndorsementView, waiting: number): boolean {
    if (current?.kind !== "request" || !isSame(current.request, request)) return false;
    current.screen.setWaiting(waiting);
    if (isBroken) presentAgain(storage === undefined ? undefined : i18n("storageHere"));
    return true;
  }

  async function applyRequest(request: RequestView, waiting: number): Promise<void> {
    if (stays(request, waiting)) return;
    const srml = srmlElements(request.srml);
    showing = refOf(request);
    shown = request;
    if (srml === undefined) {
      replace({ kind: "calm", content: request.digest }, []);
      const { refused } = await sendToBackground("popup.refuse", showing);
      if (refused) void look();
      return;
    }
    const screen = requestScreen(request, srml, locale, {
      onDecision: (decision, block) => void decide("popup.decide", { ...decision, block }),
      onCheckSender: () => void ask("popup.checkSender", refOf(request)),
      onMute: (muted) => void ask("popup.mute", { ...refOf(request), muted }),
      onArmed,
      onEnding,
    });
    showRequest(request, screen, waiting);
    say(i18n("saysRequest", i18n(TRUST[request.sender.trust].word, request.sender.domain.ascii)));
  }

  function applyEndorsement(request: EndorsementView, waiting: number): void {
    if (stays(request, waiting)) return;
    showing = refOf(request);
    shown = undefined;
    const onDecision = ({ value, choice: typed, reason }: Decision): void =>
      void decide("popup.decideEndorsement", { ...refOf(request), value, typed, reason });
    showRequest(request, endorsementScreen(request, locale, { onDecision, onArmed, onEnding }), waiting);
    say(i18n("saysEndorsement"));
  }

  function showRequest(request: RequestView | EndorsementView, screen: RequestScreen, waiting: number): void {
    screen.setWaiting(waiting);
    replace({ kind: "request", request, screen }, screen.elements);
    presentWhenDrawn(screen);
  }

  function applyResult(settled: SettledView, waiting: number): void {
    const ref = refOf(settled.result);
    if (current?.kind === "result" && isSame(refOf(current.settled.result), ref)) {
      const { screen, settled: before, waiting: waitedBefore } = current;
      if (isSame(before, settled) && waiting === waitedBefore) return;
      screen.update(settled, waiting);
      current = { kind: "result", settled, waiting, screen };
      // What was signed was delivered, or was not.
      if (spoken(settled) !== spoken(before)) say(spoken(settled));
      return;
    }
    showing = ref;
    const origin = shown !== undefined && isSame(refOf(shown), ref) ? shown : undefined;
    const screen = resultScreen(settled.result, origin, locale, {
      onNext: next,
      onBlock: async () => (await ask("popup.block", ref))?.wanted === true,
    });
    screen.update(settled, waiting);
    replace({ kind: "result", settled, waiting, screen }, screen.elements);
    say(spoken(settled));
  }

  function applyCalm(content: string, build: () => readonly HTMLElement[]): void {
    showing = null;
    shown = undefined;
    if (current?.kind === "calm" && current.content === content) return;
    replace({ kind: "calm", content }, build());
    // What was said of another screen is not true of this one.
    say("");
  }

  function replace(screen: Screen, elements: readonly HTMLElement[]): void {
    if (current?.kind === "request") current.screen.close();
    current = screen;
    root.replaceChildren(...elements);
  }

  /** The background hears of a request once it has been drawn; a page that is not visible draws nothing. */
  function presentWhenDrawn(screen: RequestScreen): void {
    requestAnimationFrame(() => void present(screen));
  }

  async function present(screen: RequestScreen): Promise<void> {
    if (current?.kind !== "request" || current.screen !== screen) return;
    try {
      const { presented } = await sendToBackground("popup.present", refOf(current.request));
      if (presented) screen.note({ kind: "presented" });
      else await look();
    } catch {
      fail();
    }
  }

  /** Starts the arming again. @param problem - a sentence for the user */
  function presentAgain(problem: string | undefined): void {
    if (current?.kind !== "request") return;
    current.screen.showProblem(problem);
    current.screen.note({ kind: "again" });
    presentWhenDrawn(current.screen);
  }

  async function decide<N extends DecisionName>(name: N, decision: RequestOf<N>): Promise<void> {
    decisions += 1;
    try {
      const words = await handOver(name, decision, () => note({ kind: "prompted" }));
      if (words !== undefined) presentAgain(i18n(words));
    } catch {
      fail();
    } finally {
      decisions -= 1;
    }
    await look();
  }

  /** The background says by itself what became of it, and at once that it is on its way. */
  async function ask<N extends "popup.checkSender" | "popup.mute" | "popup.block">(
    name: N,
    request: RequestOf<N>,
  ): Promise<ResponseOf<N> | undefined> {
    const response = await sendToBackground(name, request, CHECK_MS).catch(fail);
    await look();
    return response ?? undefined;
  }

  function next(): void {
    showing = null;
    shown = undefined;
    void look();
  }

  /** The background is silent: nothing on the screen can be answered, and the next look tries again. */
  function fail(): void {
    isBroken = true;
    if (current?.kind === "request") {
      current.screen.showProblem(i18n(storage === undefined ? "errorHere" : "storageHere"));
      current.screen.note({ kind: "again" });
    } else if (current?.kind !== "result" || showing === null) {
      applyCalm("error", errorScreen);
    }
  }

  /** What became of a request, without a word of its sender. */
  function spoken({ result }: SettledView): string {
    const outcome = outcomeOf(result);
    const title = outcome.label === undefined ? outcome.title : "youAccepted";
    return i18n("sentences", `${i18n(title)}.`, outcomeLine(outcome, locale));
  }

  function onArmed(isArmed: boolean): void {
    if (isArmed) say(i18n("saysArmed"));
  }

  function onEnding(words: string): void {
    say(i18n(words));
  }

  function say(text: string): void {
    status.textContent = text;
  }

  function note(event: ArmingEvent): void {
    if (current?.kind === "request") current.screen.note(event);
  }

  setTimeout(() => {
    if (current === undefined) applyCalm("moment", momentScreen);
  }, MOMENT_MS);
  return { look, note };
}

/** Whether two views, as the background sends them, say the same. */
function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
