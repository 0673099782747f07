/** What the push channel needs, and what it tells. */
import type { Outcome, RequestEntry } from "../protocol/index.ts";
import type { Credentials } from "./call.ts";
import type { ClientErrorCode } from "./errors.ts";

export interface PushEvents {
  /** The broker proved its key and listens. */
  readonly onUp: () => void;
  readonly onDown: (why: ClientErrorCode, message: string) => void;
  /** The broker answered, signed, that this device may not subscribe. */
  readonly onRefused: (outcome: Outcome) => void;
  /** The next frame waits until what this one brought was taken in. */
  readonly onPending: (entry: RequestEntry) => Promise<void> | void;
  readonly onWithdrawn: (brokerId: string) => Promise<void> | void;
  /** Called with each ping: where the browser needs a sign of life besides the socket's. */
  readonly onPing: () => void;
}

export interface PushOptions {
  readonly endpoint: string;
  readonly account: string;
  /** The device's key and the broker's pinned one, asked for each time that the channel opens. */
  readonly who: () => Credentials;
  readonly WebSocket: typeof WebSocket;
  readonly clock: () => number;
  readonly random: () => number;
}
