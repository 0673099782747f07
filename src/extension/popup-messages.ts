/** What the popup asks of the background: name -> request, response. */
import type {
  Decision,
  DecisionOutcome,
  EndorsementDecision,
  EndorsementOutcome,
  EndorsementView,
  RequestRef,
  RequestView,
  ResultView,
} from "../responder/index.ts";
import type { AccountView, StorageProblem } from "./account-views.ts";
import type { OurOwn } from "./preferences.ts";
import type { SettledView } from "./sender-views.ts";

/** What the popup shows. `waiting` counts verified pending requests, the shown one included. */
export type PopupView =
  | { readonly kind: "setup" }
  /** The storage cannot be opened, so nothing can be shown. */
  | { readonly kind: "closed"; readonly storage: StorageProblem }
  | {
      readonly kind: "empty";
      readonly accounts: readonly AccountView[];
      /** Answers on their way, or that did not count: a user whose popup was closed hears of it here. */
      readonly undelivered: readonly ResultView[];
      /** What was not shown, newest first. */
      readonly refused: readonly ResultView[];
      /** How many stored requests cannot be read. */
      readonly unreadable: number;
    }
  | { readonly kind: "request"; readonly request: RequestView; readonly waiting: number }
  | { readonly kind: "endorsement"; readonly endorsement: EndorsementView; readonly waiting: number }
  | ({ readonly kind: "result"; readonly waiting: number } & SettledView);

export interface PopupMessages {
  /** What is `showing`, as long as it is pending, and what became of it after; without it the oldest pending request. */
  readonly "popup.look": {
    readonly request: { readonly showing: RequestRef | null };
    readonly response: PopupView & { readonly storage: StorageProblem | undefined };
  };
  /** The request is on the screen, whole; the 600 ms start now. False where it is not pending any more. */
  readonly "popup.present": {
    readonly request: RequestRef;
    readonly response: { readonly presented: boolean };
  };
  /** With `block`, a no after which the sender is to be blocked. */
  readonly "popup.decide": {
    readonly request: Decision & { readonly block: boolean };
    readonly response: DecisionOutcome;
  };
  /** The sender of a settled request is to be blocked at the account's broker. False where its key is not known. */
  readonly "popup.block": {
    readonly request: RequestRef;
    readonly response: { readonly wanted: boolean };
  };
  /** The key of this request brings no notification any more, or does again. */
  readonly "popup.mute": {
    readonly request: RequestRef & { readonly muted: boolean };
    readonly response: { readonly done: boolean };
  };
  /** The same about a new device. */
  readonly "popup.decideEndorsement": {
    readonly request: EndorsementDecision;
    readonly response: EndorsementOutcome;
  };
  /** The sanitizer would change the text, so it is not shown. */
  readonly "popup.refuse": {
    readonly request: RequestRef;
    readonly response: { readonly refused: boolean };
  };
  /** The user wants the sender's domain to be asked; it was when this is answered. False where there is nobody to ask. */
  readonly "popup.checkSender": {
    readonly request: RequestRef;
    readonly response: { readonly asked: boolean };
  };
  /** What the page shows so that a drawn imitation is noticed, and its look. */
  readonly "popup.mark": { readonly request: Readonly<Record<string, never>>; readonly response: OurOwn };
}
