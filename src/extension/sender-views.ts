/** What the pages are told of senders: pins and what contradicts them, blocks, and the policy that the broker keeps. */
import type { AccountKey, ResultView } from "../responder/index.ts";

export interface PinView {
  readonly fromId: string;
  readonly kid: string;
  /** How the user says they checked it. */
  readonly checkedBy: string;
  /** Milliseconds since 1970. */
  readonly added: number;
  /** When it was taken from a backup, as above; undefined where the user pinned it here. */
  readonly restored?: number;
}

/** `resembles`, `mixes`: the name could be taken for another; it is pinned where the user says so again. */
export type PinFailure = "account" | "fingerprint" | "storage" | "resembles" | "mixes";

/** A key that asked under a name that is pinned with another: the user compares. */
export interface ClashView {
  readonly fromId: string;
  /** The key that asked. */
  readonly kid: string;
  /** When, in milliseconds since 1970. */
  readonly asked: number;
  /** It did not ask: a backup that was restored then has it. */
  readonly inBackup: boolean;
  readonly pins: readonly PinView[];
}

/** How it stands with a block that the user wants. */
export type BlockState =
  /** Wanted; the broker is being asked. */
  | "wanted"
  /** The broker could not be asked, and will be again. */
  | "retried"
  | "done"
  /** The broker's list has no room. */
  | "full"
  /** The broker does not let this device change the list. */
  | "not_allowed";

/** What became of a request, and of its sender: `offered` where it can be blocked, undefined where its key is not known. */
export interface SettledView {
  readonly result: ResultView;
  readonly block: BlockState | "offered" | undefined;
}

/** A key, and the name that it claimed here; empty where it never asked here. */
export interface NamedKey {
  readonly kid: string;
  readonly fromId: string;
}

/** A key that is to be blocked, and is not yet. */
export interface WaitingBlock extends NamedKey, AccountKey {
  readonly state: BlockState;
}

/** An entry of a policy: a fingerprint, with the name that it claimed here, an account, or a domain. */
export interface EntryView {
  readonly entry: string;
  readonly fromId: string;
}

/** An account's policy, as its broker says. */
export interface PolicyView {
  readonly block: readonly EntryView[];
  readonly allow: readonly EntryView[];
  readonly allowOnly: boolean;
  /** Whom the broker makes wait after rejections, and until when, in milliseconds since 1970. */
  readonly coolDowns: readonly (EntryView & { readonly until: number })[];
}

/** A change of a policy: what, and about whom; `only` and `all` are about everybody. */
export interface PolicyChange {
  readonly act: "block" | "unblock" | "allow" | "disallow" | "lift" | "only" | "all";
  readonly entry: string;
}

export type PolicyFailure = "entry" | "full" | "unreachable" | "clock" | "wrong_key" | "not_allowed" | "failed";
