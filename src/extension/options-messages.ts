/** What the settings page asks of the background: name -> request, response. */
import type { Keep, PastView, AccountKey, RequestRef } from "../responder/index.ts";
import type { Receipt } from "../receipt/index.ts";
import type { AccountView, DeviceView, LineState, StorageProblem } from "./account-views.ts";
import type { OurOwn, Preferences } from "./preferences.ts";
import type {
  ClashView,
  NamedKey,
  PinFailure,
  PinView,
  PolicyChange,
  PolicyFailure,
  PolicyView,
  WaitingBlock,
} from "./sender-views.ts";

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

/** `newer`: a later version of the extension wrote it. */
export type BackupFailure = "malformed" | "newer";

export interface Settings extends Preferences {
  readonly history: Keep;
}

/** What is to be added from a backup, as the user saw it. */
export interface Restoring {
  readonly pins: readonly PinView[];
  readonly muted: readonly NamedKey[];
  /** What contradicts a pin of this device: for the user to compare, and never added. */
  readonly clashes: readonly NamedKey[];
  /** Null where they stay as they are. */
  readonly settings: Settings | null;
}

/** What is in a backup and not here. */
export interface FoundBackup extends Restoring {
  /** Milliseconds since 1970. */
  readonly created: number;
  /** `resembles`: a domain that the user knows or the file brings, which the name's is not but looks like. */
  readonly pins: readonly (PinView & { readonly resembles: string | undefined; readonly mixesScripts: boolean })[];
  /** To be connected again; their keys are in no file. */
  readonly accounts: readonly (AccountKey & { readonly deviceKid: string })[];
}

/** What helps to find a fault, and tells nothing of whom or what the user was asked. */
export interface Diagnostics {
  /** Of the database; undefined where it cannot be opened. */
  readonly schema: number | undefined;
  readonly storage: StorageProblem | undefined;
  /** When the background started, in milliseconds since 1970. */
  readonly started: number;
  readonly pins: number;
  readonly muted: number;
  /** Stored requests by state; those that cannot be read under `unreadable`. */
  readonly requests: Readonly<Record<string, number>>;
  readonly lines: readonly (LineNews & {
    /** Of the broker's address. */
    readonly host: string;
    readonly state: LineState;
    /** In seconds, as in an account's view. */
    readonly clockAhead: number | undefined;
  })[];
}

/** What a line has met since the background started. */
export interface LineNews {
  /** When the broker last answered as itself, in milliseconds since 1970. */
  readonly contact: number | undefined;
  /** The code of the last failure, and the status where the broker gave one. */
  readonly error: string | undefined;
}

type Result<T, F> = ({ readonly ok: true } & T) | { readonly ok: false; readonly failure: F; readonly detail: string };

type Nothing = Readonly<Record<string, never>>;

export interface OptionsMessages {
  readonly "options.mark": { readonly request: Nothing; readonly response: OurOwn };
  /** What is kept, after the change; null where nothing changes. */
  readonly "options.preferences": {
    readonly request: { readonly [P in keyof Preferences]: Preferences[P] | null };
    readonly response: Preferences;
  };
  readonly "options.accounts": {
    readonly request: Nothing;
    readonly response: {
      /** `unsent`: how many signed answers the broker does not have yet. */
      readonly accounts: readonly (AccountView & { readonly unsent: number })[];
      readonly storage: StorageProblem | undefined;
    };
  };
  readonly "options.connect": {
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
    readonly request: AccountKey;
    /** `told`: the broker counts this device no more. */
    readonly response: { readonly removed: boolean; readonly told: boolean };
  };
  /** The user has read that the broker has another key. */
  readonly "options.seenKey": {
    readonly request: AccountKey;
    readonly response: { readonly seen: boolean };
  };
  /** The account's devices, after the one of this fingerprint was revoked. */
  readonly "options.devices": {
    readonly request: AccountKey & { readonly revoke: string | null };
    readonly response: Result<{ readonly devices: readonly DeviceView[] }, DevicesFailure>;
  };
  /** Takes a WebAuthn credential that the page has made: base64url of what the browser gave. */
  readonly "options.setUpPresence": {
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
    readonly request: AccountKey;
    readonly response: { readonly asked: boolean };
  };
  readonly "options.alwaysPresence": {
    readonly request: { readonly account: string; readonly broker: string; readonly always: boolean };
    readonly response: { readonly changed: boolean };
  };
  readonly "options.pins": {
    readonly request: Nothing;
    readonly response: { readonly pins: readonly PinView[]; readonly clashes: readonly ClashView[] };
  };
  readonly "options.addPin": {
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
    readonly request: { readonly kid: string };
    readonly response: { readonly kept: boolean };
  };
  readonly "options.removePin": {
    readonly request: { readonly fromId: string; readonly kid: string };
    readonly response: { readonly removed: boolean };
  };
  /** What this device keeps about senders: whom it muted, and which blocks are not at the broker yet. */
  readonly "options.senders": {
    readonly request: Nothing;
    readonly response: {
      readonly muted: readonly NamedKey[];
      readonly waiting: readonly WaitingBlock[];
    };
  };
  readonly "options.unmute": {
    readonly request: { readonly kid: string };
    readonly response: { readonly removed: boolean };
  };
  /** An account's policy as its broker says it now; with a change, after it. */
  readonly "options.policy": {
    readonly request: AccountKey & { readonly change: PolicyChange | null };
    readonly response: Result<{ readonly policy: PolicyView }, PolicyFailure>;
  };
  /** What ended or was answered, newest first; nothing where the history is off. */
  readonly "options.history": {
    readonly request: Nothing;
    readonly response: { readonly keep: Keep; readonly past: readonly PastView[] };
  };
  /** The same of one request, opened where it is encrypted. */
  readonly "options.openPast": {
    readonly request: RequestRef;
    readonly response: { readonly past: PastView | undefined };
  };
  /** The receipt of one answer, or of all; `others`: of so many there is none to be had here. */
  readonly "options.exportReceipts": {
    readonly request: { readonly of: RequestRef | null };
    readonly response: { readonly receipts: readonly Receipt[]; readonly others: number };
  };
  /** Forgets what ended. */
  readonly "options.clearHistory": {
    readonly request: Nothing;
    readonly response: { readonly forgotten: number };
  };
  readonly "options.setHistory": {
    readonly request: { readonly keep: Keep };
    readonly response: { readonly forgotten: number };
  };
  /** What is put into a file as its member `Backup`. */
  readonly "options.backup": { readonly request: Nothing; readonly response: { readonly backup: object } };
  /** What a file would add. */
  readonly "options.readBackup": {
    readonly request: { readonly file: string };
    readonly response: Result<{ readonly found: FoundBackup }, BackupFailure>;
  };
  /** Adds what the user saw of a file; all of it, or nothing where it could not be stored. */
  readonly "options.restore": { readonly request: Restoring; readonly response: { readonly restored: boolean } };
  readonly "options.diagnostics": { readonly request: Nothing; readonly response: Diagnostics };
}
