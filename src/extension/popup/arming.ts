/**
 * When a button counts, as a pure state machine: the time is an argument. Accept is armed after 600 ms in which the
 * confirmed content was on the screen and the window had focus without a disturbance, and once the user has done
 * what this request asks for. Reject waits only for the content. Either acts once.
 */

/** Milliseconds on any clock that never goes back. */
type Instant = number;

export interface Arming {
  /** Since when the background knows that this content is on the screen; undefined before. */
  readonly presented: Instant | undefined;
  /** Since when the window is visible and has focus, and nothing moved; undefined while it is not so. */
  readonly calm: Instant | undefined;
  readonly read: boolean;
  readonly ticked: boolean;
  readonly chosen: boolean;
  /** What is said while nothing is chosen. */
  readonly choice: Needs["choice"];
  readonly acted: boolean;
  /** The browser asks the user for a fingerprint or PIN. */
  readonly prompted: boolean;
  readonly expired: boolean;
  /** There is no Accept for this request. */
  readonly forbidden: boolean;
  /** How the sender is known is being found out. */
  readonly checking: boolean;
}

/** What a request asks of the user before Accept. */
export interface Needs {
  readonly tick: boolean;
  /** One of several options, a code or the end of a new device's fingerprint that is typed, or nothing. */
  readonly choice: "choose" | "code" | "device" | undefined;
  readonly forbidden: boolean;
  readonly checking: boolean;
}

export type ArmingEvent =
  /** The background answered that the request is presented. */
  | { readonly kind: "presented" }
  /** Focus or visibility may have changed. */
  | { readonly kind: "attention"; readonly attentive: boolean }
  /** The window or what is in it changed its size. */
  | { readonly kind: "moved" }
  | { readonly kind: "read" }
  | { readonly kind: "ticked"; readonly ticked: boolean }
  /** An option was taken; a code was typed, whole or not. */
  | { readonly kind: "chosen"; readonly chosen: boolean }
  | { readonly kind: "acted" }
  | { readonly kind: "prompted" }
  | { readonly kind: "expired" }
  /** The background is gone, or the decision did not count: start again, keeping what the user did. */
  | { readonly kind: "again" };

/** Why Accept waits; each has a line of words. */
export type Wait =
  | "forbidden"
  | "expired"
  | "acted"
  | "prompt"
  | "presenting"
  | "checking"
  | "read"
  | "tick"
  | "choose"
  | "code"
  | "device"
  | "attention"
  | "moment";

export interface Verdict {
  /** Undefined: armed. */
  readonly waits: Wait | undefined;
  readonly rejectLive: boolean;
  /** In how many milliseconds time alone will change this verdict; undefined: never. */
  readonly again: number | undefined;
}

/** The state of new content, with nothing done yet. */
export function startArming(needs: Needs, attentive: boolean, now: Instant): Arming {
  return {
    presented: undefined,
    calm: attentive ? now : undefined,
    read: false,
    ticked: !needs.tick,
    chosen: needs.choice === undefined,
    choice: needs.choice,
    acted: false,
    prompted: false,
    expired: false,
    forbidden: needs.forbidden,
    checking: needs.checking,
  };
}

/** The state after an event at `now`. */
export function arm(state: Arming, event: ArmingEvent, now: Instant): Arming {
  switch (event.kind) {
    case "presented":
      return { ...state, presented: now };
    case "attention":
      if (!event.attentive) return { ...state, calm: undefined };
      return state.calm === undefined ? { ...state, calm: now } : state;
    case "moved":
      return moved(state, now);
    case "read":
      return { ...state, read: true };
    case "ticked":
      return { ...state, ticked: event.ticked };
    case "chosen":
      // The choice changes what Accept says, and that is content.
      return moved({ ...state, chosen: event.chosen }, now);
    case "acted":
      return { ...state, acted: true };
    case "prompted":
      return { ...state, prompted: true };
    case "expired":
      return { ...state, expired: true };
    case "again":
      return moved({ ...state, presented: undefined, acted: false, prompted: false }, now);
  }
}

function moved(state: Arming, now: Instant): Arming {
  return state.calm === undefined ? state : { ...state, calm: now };
}

/** What counts at `now`. */
export function verdictOf(state: Arming, now: Instant, armingMs: number): Verdict {
  const { presented, calm } = state;
  const rejectIn = presented === undefined ? Infinity : presented + armingMs - now;
  const acceptIn = calm === undefined ? Infinity : Math.max(rejectIn, calm + armingMs - now);
  const isOver = state.acted || state.expired;
  const waits = waitOf(state) ?? (acceptIn > 0 ? "moment" : undefined);
  const next = [rejectIn, acceptIn].filter((ms) => ms > 0 && ms < Infinity);
  return {
    waits,
    rejectLive: rejectIn <= 0 && !isOver,
    again: isOver || next.length === 0 ? undefined : Math.min(...next),
  };
}

/** What Accept waits for, apart from time: first what nobody can change, then what the user can do. */
function waitOf(state: Arming): Wait | undefined {
  if (state.forbidden) return "forbidden";
  if (state.acted) return state.prompted ? "prompt" : "acted";
  if (state.expired) return "expired";
  if (state.checking) return "checking";
  if (!state.read) return "read";
  if (!state.chosen) return state.choice;
  if (!state.ticked) return "tick";
  if (state.presented === undefined) return "presenting";
  return state.calm === undefined ? "attention" : undefined;
}
