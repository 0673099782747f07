/**
 * Every message between the pages and the background, as one table: name -> request, response. The background answers
 * a name only to the page that it belongs to (`from`), known by the sender's id and exact URL.
 */
import type {
  AccountKey,
  Decision,
  DecisionOutcome,
  EndorsementDecision,
  EndorsementOutcome,
  EndorsementView,
  Keep,
  PastView,
  RequestRef,
  RequestView,
  ResultView,
} from "../responder/index.ts";
import type { Receipt } from "../receipt/index.ts";
import type { AccountView, DeviceView, StorageProblem } from "./account-views.ts";
import type {
  ClashView,
  NamedKey,
  PinFailure,
  PinView,
  PolicyChange,
  PolicyFailure,
  PolicyView,
  SettledView,
  WaitingBlock,
} from "./sender-views.ts";

export type * from "./account-views.ts";
export type * from "./sender-views.ts";

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

/** Why connecting failed; each has a sentence that says what to do. */
export type ConnectFailure =
  | "account"
  | "code"
  | "broker"
  | "unreachable"
  | "wrong"
  | "redirected"
  | "wrong_code"
  | "needs_code"
  | "unknown_account"
  | "refused"
  | "too_many"
  | "clock"
  | "wrong_key"
  | "exists"
  | "storage"
  | "failed";

/** `not_yours`: the broker says that this device may not revoke that one. */
export type DevicesFailure = "not_yours" | "failed";
/** `not_verified`: the authenticator did not ask for a fingerprint, PIN or the like. `broker`: the broker was not told. */
export type PresenceFailure = "not_verified" | "broker" | "failed";

type Result<T, F> = ({ readonly ok: true } & T) | { readonly ok: false; readonly failure: F; readonly detail: string };

type Nothing = Readonly<Record<string, never>>;

/** What the user can prefer; the first is what holds until then. */
export const PREFERENCES = {
  theme: ["system", "light", "dark"],
  /** What brings a notification: each request; what pinned senders and the own broker ask; nothing. */
  notifications: ["on", "pinned", "off"],
} as const;

export type Preferences = { readonly [P in keyof typeof PREFERENCES]: (typeof PREFERENCES)[P][number] };
export type Theme = Preferences["theme"];

export interface OurOwn {
  /** Of this installation. */
  readonly mark: string;
  readonly theme: Theme;
}

export interface Messages {
  /** What is `showing`, as long as it is pending, and what became of it after; without it the oldest pending request. */
  readonly "popup.look": {
    readonly from: "popup";
    readonly request: { readonly showing: RequestRef | null };
    readonly response: PopupView & { readonly storage: StorageProblem | undefined };
  };
  /** The request is on the screen, whole; the 600 ms start now. False where it is not pending any more. */
  readonly "popup.present": {
    readonly from: "popup";
    readonly request: RequestRef;
    readonly response: { readonly presented: boolean };
  };
  /** With `block`, a no after which the sender is to be blocked. */
  readonly "popup.decide": {
    readonly from: "popup";
    readonly request: Decision & { readonly block: boolean };
    readonly response: DecisionOutcome;
  };
  /** The sender of a settled request is to be blocked at the account's broker. False where its key is not known. */
  readonly "popup.block": {
    readonly from: "popup";
    readonly request: RequestRef;
    readonly response: { readonly wanted: boolean };
  };
  /** The key of this request brings no notification any more, or does again. */
  readonly "popup.mute": {
    readonly from: "popup";
    readonly request: RequestRef & { readonly muted: boolean };
    readonly response: { readonly done: boolean };
  };
  /** The same about a new device. */
  readonly "popup.decideEndorsement": {
    readonly from: "popup";
    readonly request: EndorsementDecision;
    readonly response: EndorsementOutcome;
  };
  /** The sanitizer would change the text, so it is not shown. */
  readonly "popup.refuse": {
    readonly from: "popup";
    readonly request: RequestRef;
    readonly response: { readonly refused: boolean };
  };
  /** The user wants the sender's domain to be asked; it was when this is answered. False where there is nobody to ask. */
  readonly "popup.checkSender": {
    readonly from: "popup";
    readonly request: RequestRef;
    readonly response: { readonly asked: boolean };
  };
  /** What both pages show so that a drawn imitation is noticed: 32 hexadecimal digits, told to nobody else. And their look. */
  readonly "popup.mark": { readonly from: "popup"; readonly request: Nothing; readonly response: OurOwn };
  readonly "options.mark": { readonly from: "options"; readonly request: Nothing; readonly response: OurOwn };
  /** What is kept, after the change; null where nothing changes. */
  readonly "options.preferences": {
    readonly from: "options";
    readonly request: { readonly [P in keyof Preferences]: Preferences[P] | null };
    readonly response: Preferences;
  };
  readonly "options.accounts": {
    readonly from: "options";
    readonly request: Nothing;
    readonly response: {
      /** `unsent`: how many signed answers the broker does not have yet. */
      readonly accounts: readonly (AccountView & { readonly unsent: number })[];
      readonly storage: StorageProblem | undefined;
    };
  };
  readonly "options.connect": {
    readonly from: "options";
    readonly request: {
      readonly account: string;
      /** Empty at an open broker, for an account that is new. */
      readonly code: string;
      /** Empty for the account's own domain. */
      readonly broker: string;
      readonly deviceName: string;
    };
    readonly response: Result<{ readonly account: AccountView; readonly state: "active" | "pending" }, ConnectFailure>;
  };
  readonly "options.removeAccount": {
    readonly from: "options";
    readonly request: AccountKey;
    /** `told`: the broker counts this device no more. */
    readonly response: { readonly removed: boolean; readonly told: boolean };
  };
  /** The user has read that the broker has another key. */
  readonly "options.seenKey": {
    readonly from: "options";
    readonly request: AccountKey;
    readonly response: { readonly seen: boolean };
  };
  /** The account's devices, after the one of this fingerprint was revoked. */
  readonly "options.devices": {
    readonly from: "options";
    readonly request: AccountKey & { readonly revoke: string | null };
    readonly response: Result<{ readonly devices: readonly DeviceView[] }, DevicesFailure>;
  };
  /** Takes a WebAuthn credential that the page has made: base64url of what the browser gave. */
  readonly "options.setUpPresence": {
    readonly from: "options";
    readonly request: {
      readonly account: string;
      readonly broker: string;
      readonly credentialId: string;
      /** SubjectPublicKeyInfo. */
      readonly publicKey: string;
      readonly authenticatorData: string;
    };
    readonly response: Result<unknown, PresenceFailure>;
  };
  /** The account's other devices are asked once more about this one, or about its key for presence. */
  readonly "options.askAgain": {
    readonly from: "options";
    readonly request: AccountKey;
    readonly response: { readonly asked: boolean };
  };
  readonly "options.alwaysPresence": {
    readonly from: "options";
    readonly request: { readonly account: string; readonly broker: string; readonly always: boolean };
    readonly response: { readonly changed: boolean };
  };
  readonly "options.pins": {
    readonly from: "options";
    readonly request: Nothing;
    readonly response: { readonly pins: readonly PinView[]; readonly clashes: readonly ClashView[] };
  };
  readonly "options.addPin": {
    readonly from: "options";
    readonly request: {
      readonly fromId: string;
      readonly kid: string;
      readonly checkedBy: string;
      /** In place of every other key of this name. */
      readonly replaces: boolean;
      /** Though the name could be taken for another. */
      readonly anyway: boolean;
    };
    readonly response: Result<{ readonly pin: PinView }, PinFailure>;
  };
  /** The user compared, and the pin stays: the other key is not shown beside it until it asks again. */
  readonly "options.keepPin": {
    readonly from: "options";
    readonly request: { readonly kid: string };
    readonly response: { readonly kept: boolean };
  };
  readonly "options.removePin": {
    readonly from: "options";
    readonly request: { readonly fromId: string; readonly kid: string };
    readonly response: { readonly removed: boolean };
  };
  /** What this device keeps about senders: whom it muted, and which blocks are not at the broker yet. */
  readonly "options.senders": {
    readonly from: "options";
    readonly request: Nothing;
    readonly response: {
      readonly muted: readonly NamedKey[];
      readonly waiting: readonly WaitingBlock[];
    };
  };
  readonly "options.unmute": {
    readonly from: "options";
    readonly request: { readonly kid: string };
    readonly response: { readonly removed: boolean };
  };
  /** An account's policy as its broker says it now; with a change, after it. */
  readonly "options.policy": {
    readonly from: "options";
    readonly request: AccountKey & { readonly change: PolicyChange | null };
    readonly response: Result<{ readonly policy: PolicyView }, PolicyFailure>;
  };
  /** What ended or was answered, newest first; nothing where the history is off. */
  readonly "options.history": {
    readonly from: "options";
    readonly request: Nothing;
    readonly response: { readonly keep: Keep; readonly past: readonly PastView[] };
  };
  /** The same of one request, opened where it is encrypted. */
  readonly "options.openPast": {
    readonly from: "options";
    readonly request: RequestRef;
    readonly response: { readonly past: PastView | undefined };
  };
  /** The receipt of one answer, or of all; `others`: of so many there is none to be had here. */
  readonly "options.exportReceipts": {
    readonly from: "options";
    readonly request: { readonly of: RequestRef | null };
    readonly response: { readonly receipts: readonly Receipt[]; readonly others: number };
  };
  /** Forgets what ended. */
  readonly "options.clearHistory": {
    readonly from: "options";
    readonly request: Nothing;
    readonly response: { readonly forgotten: number };
  };
  readonly "options.setHistory": {
    readonly from: "options";
    readonly request: { readonly keep: Keep };
    readonly response: { readonly forgotten: number };
  };
}

export type MessageName = keyof Messages;
export type RequestOf<N extends MessageName> = Messages[N]["request"];
export type ResponseOf<N extends MessageName> = Messages[N]["response"];

/** Broadcast by the background, without content: something changed, look again. */
export const CHANGED = "changed";
