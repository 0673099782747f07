/** From each code that the background hands over to the key of its words in `public/_locales`. Pure. */
import type { DecisionRefusal, PresenceState } from "../../responder/index.ts";
import type { BlockState } from "../messages.ts";
import type { Wait } from "./arming.ts";

/** The line under the buttons: why Accept waits. */
export const WAITS: Readonly<Record<Wait, string>> = {
  forbidden: "waitForbidden",
  expired: "waitExpired",
  acted: "waitActed",
  prompt: "waitPrompt",
  presenting: "waitMoment",
  checking: "waitChecking",
  read: "waitRead",
  tick: "waitTick",
  choose: "waitChoose",
  code: "waitCode",
  device: "waitDevice",
  attention: "waitAttention",
  moment: "waitMoment",
};

/** Over the buttons: that Accept asks for a fingerprint or PIN, or why it cannot. */
export const PRESENCE: Readonly<Record<PresenceState, string>> = {
  ask: "presenceAsk",
  unset: "presenceUnset",
  unable: "presenceUnable",
};

/** What to say of a decision that did not count; undefined where the request is over, and its result says it. */
export const NOT_COUNTED: Readonly<Record<DecisionRefusal | "fingerprint", string | undefined>> = {
  fingerprint: "notCountedFingerprint",
  not_found: undefined,
  not_pending: undefined,
  not_presented: "notCountedTooSoon",
  too_soon: "notCountedTooSoon",
  choice: "notCountedChoice",
  sender: "notCountedSender",
  presence: "notCountedPresence",
  presence_unable: "presenceUnset",
  storage: "notCountedStorage",
};

/** How a block stands that the user wants. */
export const BLOCKS: Readonly<Record<BlockState, string>> = {
  wanted: "blockWanted",
  retried: "blockRetried",
  done: "blockDone",
  full: "blockFull",
  not_allowed: "blockNotAllowed",
};
