/**
 * Why a broker cannot be reached, as far as a browser lets an extension see. It hides the answer of a server that does not
 * expect the call, and then a failed call looks the same whether nobody is there, or somebody who is no broker.
 */
import type { CallOptions } from "./call.ts";
import { DISCREET } from "./fetch.ts";

/**
 * `redirected`: whoever answers sends the call elsewhere, where it is not followed. `wrong`: somebody answers who does not
 * speak to extensions, or leads to one who does not. `unreachable`: no answer, or nothing to conclude from it.
 */
export type WhatAnswers = "redirected" | "wrong" | "unreachable";

const TIMEOUT_MS = 5000;

/** Looks at the address of a broker to which a call just failed, without saying anything to it. Nothing in the answer is read. */
export async function whatAnswers({ endpoint, fetch }: Pick<CallOptions, "endpoint" | "fetch">): Promise<WhatAnswers> {
  const look = (how: RequestInit): Promise<Response | undefined> =>
    fetch(endpoint, { ...how, ...DISCREET, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => undefined);
  const seen = await look({ redirect: "manual" });
  if (seen !== undefined) return seen.type === "opaqueredirect" ? "redirected" : "unreachable";
  // Without CORS a redirect can only be followed; what comes is opaque, so that it came is all that is learnt.
  return (await look({ mode: "no-cors" })) === undefined ? "unreachable" : "wrong";
}
