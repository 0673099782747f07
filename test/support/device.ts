/**
 * A device that answers at once, in this process: it connects by a code as any device does and believes the broker's
 * pinned key alone. For tests of whoever asks, where starting `confirm accept` would be most of the time.
 */
import { connectDevice, type Credentials, deviceLine } from "../../src/client/index.ts";
import { parseConnectCode, signResponse } from "../../src/crypto/index.ts";
import { parseEndpoint, type RequestEntry } from "../../src/protocol/index.ts";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import { inClear, newKey, profileOf } from "./signing.ts";
import type { System } from "./system.ts";

export interface Device {
  readonly account: string;
  readonly kid: string;
  readonly pending: () => Promise<readonly RequestEntry[]>;
  /** The oldest request that is pending, as soon as there is one that was not returned before; rejects where it is over. */
  readonly next: (isOver?: () => boolean) => Promise<RequestEntry>;
  /** Signs an answer and hands it in; the broker's signed word. */
  readonly answer: (entry: RequestEntry, value: boolean, choice?: string) => Promise<number>;
}

/** Makes an account, or a further device's code, and connects to it. */
export async function connectTestDevice(system: System, account: string): Promise<Device> {
  const endpoint = parseEndpoint(system.origin);
  const key = await newKey();
  const code = parseConnectCode(await system.code(account)) ?? "";
  const profile = await profileOf(key, account);
  const input = { account, code, deviceName: "a test", key, profile };
  const connected = await connectDevice(input, { endpoint, fetch, clock: Date.now });
  if (!connected.ok) throw new Error(connected.outcome.StatusDescription);
  const credentials: Credentials = { key, service: connected.service };
  const line = deviceLine({ credentials: () => Promise.resolve(credentials), fetch, clock: Date.now });
  const at = { account, broker: endpoint };
  const seen = new Set<string>();

  const pending = async (): Promise<readonly RequestEntry[]> => (await line.pending(at)).entries;
  return {
    account,
    kid: key.kid,
    pending,
    next: (isOver = () => false) =>
      waitUntil("a request is pending", 30_000, async () => {
        if (isOver()) throw new Error("nobody asks any more");
        const found = (await pending()).find((entry) => !seen.has(entry.BrokerID ?? ""));
        if (found !== undefined) seen.add(found.BrokerID ?? "");
        return found;
      }),
    answer: async (entry, value, choice) => {
      const signedRequest = inClear(entry.Request);
      const more = choice === undefined ? {} : { choice };
      const jws = await signResponse(key, { signedRequest, value, created: Date.now(), ...more });
      return (await line.respond(at, entry.BrokerID ?? "", jws)).status;
    },
  };
}
