/**
 * The broker's log: one JSON line an event. It names keys by kid and requests by the start of their BrokerID, and never
 * holds a text, a token, a code or a whole BrokerID, because whoever knows one of these can act with it.
 */

export type LogEvent =
  | { readonly event: "started"; readonly endpoint: string; readonly serviceKid: string }
  | { readonly event: "stopped" }
  /** A call that was refused. */
  | {
      readonly event: "refused";
      readonly transaction?: string;
      readonly status: number;
      readonly code: string;
      readonly kid?: string;
      readonly address: string;
    }
  | { readonly event: "posted"; readonly account: string; readonly request: string; readonly kid: string }
  | { readonly event: "settled"; readonly account: string; readonly request: string; readonly state: string }
  | { readonly event: "connected"; readonly account: string; readonly kid: string; readonly state: string }
  /** A device of the account let this one in, or turned it away. */
  | {
      readonly event: "endorsed" | "declined";
      readonly account: string;
      readonly kid: string;
      readonly by: string;
    }
  | { readonly event: "policy"; readonly account: string; readonly by: string }
  | { readonly event: "revoked"; readonly account: string; readonly kid: string; readonly by: string }
  | { readonly event: "subscribed"; readonly account: string; readonly kid: string }
  /** The store cannot be used for now, or can be again. */
  | { readonly event: "store"; readonly detail: string }
  /** There is too little of something, or enough again. */
  | { readonly event: "shortage"; readonly of: string; readonly detail: string }
  /** The TLS certificate was renewed, or could not be. */
  | { readonly event: "certificate"; readonly detail: string }
  /** Something that the operator should look at; `detail` is a program's message, not a caller's. */
  | { readonly event: "defect"; readonly where: string; readonly detail: string };

export interface Log {
  write(event: LogEvent): void;
  /** Hands over what is gathered. */
  flush(): void;
}

/** What the log calls a request: enough to find it, too little to ask for it. */
export function shortId(brokerId: string): string {
  return brokerId.slice(0, 11);
}

/** What may be gathered, in characters; what comes beside it is counted. */
export const MOST_GATHERED = 1024 * 1024;

/** Lines are handed over together, so that a busy broker does not make one system call for each. */
const GATHER_MS = 50;

/**
 * Makes a log.
 *
 * @param sink - takes one or more whole lines, each with its line feed
 * @param clock - milliseconds since 1970
 */
export function createLog(sink: (lines: string) => void, clock: () => number): Log {
  let lines = "";
  let timer: NodeJS.Timeout | undefined;
  let left = 0;
  const lineOf = (event: LogEvent): string => `${JSON.stringify({ at: new Date(clock()).toISOString(), ...event })}\n`;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (lines === "") return;
    const missing = left === 0 ? "" : lineOf({ event: "shortage", of: "log", detail: `${left} lines were left out.` });
    const gathered = lines + missing;
    lines = "";
    left = 0;
    sink(gathered);
  };
  return {
    flush,
    write: (event) => {
      if (lines.length > MOST_GATHERED) left += 1;
      else lines += lineOf(event);
      timer ??= setTimeout(flush, GATHER_MS);
    },
  };
}
