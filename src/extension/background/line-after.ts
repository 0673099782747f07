/** What a failed call says of the line to a broker, so that each failure is shown as what it is. */
import { ClientError, type WhatAnswers } from "../../client/index.ts";
import type { LineState } from "../messages.ts";

export interface LineView {
  readonly state: LineState;
  readonly clockAhead: number | undefined;
}

/**
 * The line after a failure.
 *
 * @param look - finds out what answers where a call got through to nobody
 * @throws what is no failure of a call
 */
export async function lineAfter(error: unknown, look: () => Promise<WhatAnswers>): Promise<LineView> {
  if (!(error instanceof ClientError)) throw error;
  const found = error.code === "unreachable" || error.code === "timeout" ? await look() : undefined;
  const state = found === undefined || found === "unreachable" ? stateOf(error) : found;
  return { state, clockAhead: error.aheadSeconds };
}

function stateOf({ code, status = 0, deviceState }: ClientError): LineState {
  switch (code) {
    case "clock":
    case "wrong_key":
      return code;
    case "refused":
      if (status === 303 || status === 307) return "redirected";
      return deviceState ?? (status < 500 && status !== 429 ? "not_authorised" : "offline");
    case "malformed":
    case "not_signed":
      // A proxy whose broker is down, or one that has enough, answers for it and cannot sign.
      return status < 500 && status !== 429 ? "wrong" : "offline";
    case "unreachable":
    case "timeout":
    case "aborted":
      return "offline";
  }
}
