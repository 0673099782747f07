/** A user with a device of their own who agrees to everything that they are asked, and takes the first option. */
import { setTimeout as sleep } from "node:timers/promises";
import { connectDevice, deviceLine } from "../../src/client/index.ts";
import { parseConnectCode } from "../../src/crypto/index.ts";
import { parseEndpoint } from "../../src/protocol/index.ts";
import { decide, deliverDue, pendingEntries, poll, present, viewRequest } from "../../src/responder/index.ts";
import type { ResponderPorts } from "../../src/responder/index.ts";
import { memoryInbox } from "../support/inbox-memory.ts";
import { newDecryption, newKey, profileOf } from "../support/signing.ts";
import type { System } from "../support/system.ts";

const LOOK_MS = 200;

/**
 * Makes the account, connects a device and begins to agree.
 *
 * @returns what ends it
 */
export async function agreeingUser(system: System, id: string): Promise<() => Promise<void>> {
  const endpoint = parseEndpoint(system.origin);
  const account = { account: id, broker: endpoint };
  const key = await newKey();
  const how = { fetch: globalThis.fetch, clock: Date.now };
  const code = parseConnectCode(await system.code(id)) ?? "";
  const decryption = await newDecryption();
  const profile = await profileOf(key, id, decryption.pair);
  const connected = await connectDevice(
    { account: id, code, deviceName: "A phone", key, profile },
    { endpoint, ...how },
  );
  if (!connected.ok) throw new Error(connected.outcome.StatusDescription);
  const { service } = connected;
  const ports: ResponderPorts = {
    storage: memoryInbox(),
    keys: {
      signingKey: () => Promise.resolve(key),
      decryptionKey: () => Promise.resolve(decryption.key),
      serviceKid: () => Promise.resolve(service.kid),
    },
    broker: deviceLine({ credentials: () => Promise.resolve({ key, service }), ...how }),
    pins: { pinnedKids: () => Promise.resolve([]), knownIds: () => Promise.resolve([]) },
    domains: { check: () => Promise.resolve("none") },
    clock: Date.now,
  };
  const agree = async (): Promise<void> => {
    await poll(ports, account);
    for (const entry of await pendingEntries(ports, [account])) {
      const view = await viewRequest(ports, entry);
      if (view === undefined || !(await present(ports, view))) continue;
      const [button] = view.srml.buttons;
      const decision = { value: true, choice: button?.value ?? button?.label, expected: true, reason: undefined };
      await decide(ports, { ...account, id: view.id, digest: view.digest, ...decision }, { armingMs: 0 });
    }
    await deliverDue(ports, account, () => LOOK_MS);
  };

  const stop = new AbortController();
  const agreeing = (async () => {
    while (!stop.signal.aborted) {
      await agree();
      await sleep(LOOK_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  agreeing.catch(() => undefined);
  return () => {
    stop.abort();
    return agreeing;
  };
}
