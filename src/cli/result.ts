/** How an asked question ended: its exit code, its word, its JSON. */
import type { AskResult } from "../enquirer/index.ts";
import { EXIT, type Exit } from "./exit.ts";

/** Only `accepted` is 0. */
export function exitOf(result: AskResult): Exit {
  switch (result.result) {
    case "accepted":
      return EXIT.done;
    case "rejected":
    case "wrong_code":
      return EXIT.no;
    case "expired":
    case "cancelled":
    case "timeout":
    case "aborted":
      return EXIT.noAnswer;
    case "refused":
    case "removed":
      return EXIT.undeliverable;
  }
}

const WORDS: Readonly<Record<AskResult["result"], string>> = {
  accepted: "accepted",
  rejected: "rejected",
  wrong_code: "rejected: the code that was typed is not the one shown",
  expired: "no answer: the request expired",
  cancelled: "no answer: the request was cancelled",
  timeout: "no answer in time",
  aborted: "no answer: given up",
  refused: "refused: the user's browser would not show it",
  removed: "not deliverable: the account or its last device was removed",
};

export function resultText(result: AskResult): string {
  const choice = result.result === "accepted" && result.choice !== undefined ? `: ${result.choice}` : "";
  const reason = result.result === "rejected" && result.reason === "unknown" ? ": the user did not start this" : "";
  return `${WORDS[result.result]}${choice}${reason}`;
}

/** For scripts: the result, the choice, who answered. The receipt goes to its own file. */
export function resultJson(result: AskResult, brokerId: string): unknown {
  if (result.result !== "accepted" && result.result !== "rejected") return { result: result.result, brokerId };
  const { choice, label, reason, deviceKid, trust } = result;
  return { result: result.result, brokerId, choice, label, reason, deviceKid, trust };
}
