/** What helps to find a fault: versions, counts, how the lines are. No name, text, key or code, whoever gets to read it. */
import type { Diagnostics } from "../messages.ts";
import { storageProblem } from "./database.ts";
import { listPins } from "./pin-database.ts";
import type { BrowserResponder } from "./responder.ts";

const started = Date.now();

/** Where the storage cannot be opened. */
export const NOTHING_KNOWN: Omit<Diagnostics, "storage"> = {
  ...{ schema: undefined, started, pins: 0, muted: 0, requests: {}, lines: [] },
};

/** Counts what there is. */
export async function diagnose(responder: BrowserResponder): Promise<Diagnostics> {
  const { database, inbox, senders } = responder;
  const requests: Record<string, number> = {};
  const count = (state: string, more = 1): void => void (requests[state] = (requests[state] ?? 0) + more);
  for (const account of responder.accounts()) {
    for (const { state } of await inbox.list(account)) count(state);
    const unreadable = await inbox.unreadable(account);
    if (unreadable > 0) count("unreadable", unreadable);
  }
  const lines = responder.views().map((view) => {
    const { host } = new URL(view.broker);
    return { host, state: view.line, clockAhead: view.clockAhead, ...responder.newsOf(view) };
  });
  const muted = (await senders.list()).filter((sender) => sender.muted !== undefined).length;
  const pins = (await listPins(database)).length;
  return { schema: database.version, storage: storageProblem(database), started, pins, muted, requests, lines };
}
