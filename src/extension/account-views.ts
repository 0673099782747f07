/** What the pages are told of the user's accounts, their lines and devices, and the storage. */
import type { DeviceEntry } from "../protocol/index.ts";

/** How an account's line to its broker is. */
export type LineState =
  | "connecting"
  | "online"
  /** The broker cannot be reached. */
  | "offline"
  /** Something answers that is no broker. */
  | "wrong"
  /** The broker's address leads elsewhere, where it is not followed. */
  | "redirected"
  /** Something answers, but not with the broker's key. */
  | "wrong_key"
  /** The broker says that this clock is off. */
  | "clock"
  /** The broker does not know this device any more. */
  | "not_authorised"
  /** This device was revoked. */
  | "revoked"
  /** The device waits to be endorsed by another device of the account. */
  | "pending";

export interface AccountView {
  readonly account: string;
  /** The broker's endpoint. */
  readonly broker: string;
  readonly line: LineState;
  /** For `clock`: how many seconds this clock is ahead (negative: behind). */
  readonly clockAhead: number | undefined;
  readonly deviceName: string;
  /** The device's fingerprint, computed from the key itself. */
  readonly deviceKid: string;
  /** The broker's pinned fingerprint. */
  readonly serviceKid: string;
  /** The fingerprint that it had before, and when it was followed (milliseconds since 1970), until the user has seen it. */
  readonly followed: { readonly former: string; readonly at: number } | undefined;
  /** Undefined where it is not set up. */
  readonly presence: PresenceView | undefined;
}

/** One of an account's devices. */
export interface DeviceView {
  /** Its fingerprint; of one that is not let in yet, the first four groups. */
  readonly kid: string;
  readonly name: string;
  readonly state: DeviceEntry["State"];
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Coarse; undefined where it was never seen. */
  readonly lastSeen: number | undefined;
  readonly isThis: boolean;
  /** This device may revoke it. */
  readonly isRevocable: boolean;
}

/** How an account asks for fingerprint or PIN. */
export interface PresenceView {
  /** The fingerprint of its key, which somebody may compare. */
  readonly kid: string;
  /** At every Accept, and not only where a request demands it. */
  readonly always: boolean;
  /** Until another device of the account lets it in, it counts for nobody. */
  readonly waits: boolean;
}

/**
 * What is wrong with the browser's storage. `full`: there is no room. `newer`: what is stored is of a newer version of this
 * extension, and is left alone. `failed`: anything else.
 */
export type StorageProblem = "full" | "failed" | "newer";
