/** The responder on the command line: its inbox in files, its keys in files, the real clock. It pins no senders and asks no domains. */
import type { ResponderPorts } from "../responder/index.ts";
import type { Context } from "./context.ts";
import type { Device } from "./device-home.ts";
import { homeLine } from "./home-line.ts";
import { inboxFiles } from "./inbox-files.ts";

/** Nothing waits here between two commands: what was not delivered is tried each time one runs. */
export const AT_ONCE = (): number => 0;

/** The ports for one device. */
export function responderPorts(context: Context, device: Device): ResponderPorts {
  const { key, decryption } = device;
  const { line, service } = homeLine(context, device);
  return {
    storage: inboxFiles(context.home),
    keys: {
      signingKey: () => Promise.resolve(key),
      decryptionKey: () => Promise.resolve(decryption),
      serviceKid: () => Promise.resolve(service().kid),
    },
    broker: line,
    pins: { pinnedKids: () => Promise.resolve([]), knownIds: () => Promise.resolve([]) },
    // Who names a request there is sure of it.
    domains: { check: () => Promise.resolve("none") },
    clock: Date.now,
  };
}
