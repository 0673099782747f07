/**
 * The push channel (design §4): a WebSocket on which the broker hints that a request came or went. Everything on it is
 * a hint: entries are verified as any other, a withdrawal is asked about again. Reconnects with backoff and jitter, which
 * begin anew once a connection lasted to its first ping: a broker that opens and closes is not come back to at once.
 */
import { pushEndpoint } from "../protocol/index.ts";
import { backoffMs } from "./backoff.ts";
import type { ClientErrorCode } from "./errors.ts";
import { runConnection } from "./push-connection.ts";
import type { PushEvents, PushOptions } from "./push-types.ts";

export interface PushChannel {
  /** Tries now instead of at the end of the backoff; does nothing on an open channel. */
  readonly nudge: () => void;
  /** Closes it for good; no event comes after that. */
  readonly close: () => void;
}

/** Opens the channel and keeps it open until `close`. */
export function openPush(options: PushOptions, events: PushEvents): PushChannel {
  let failures = 0;
  let stop: (() => void) | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const down = (why: ClientErrorCode, message: string): void => {
    failures += 1;
    retry = setTimeout(start, backoffMs(failures, options.random()));
    events.onDown(why, message);
  };
  const start = (): void => {
    retry = undefined;
    let socket: WebSocket;
    try {
      // Firefox throws where the policy of the page forbids the address; Chromium fires `error`.
      socket = new options.WebSocket(pushEndpoint(options.endpoint), "mesh-confirm");
    } catch {
      down("unreachable", "The push channel cannot be opened.");
      return;
    }
    const onPing = (): void => {
      failures = 0;
      events.onPing();
    };
    stop = runConnection(socket, options, { ...events, onPing, onDown: down });
  };
  start();
  return {
    nudge: () => {
      if (retry === undefined) return;
      clearTimeout(retry);
      start();
    },
    close: () => {
      clearTimeout(retry);
      retry = undefined;
      stop?.();
    },
  };
}
