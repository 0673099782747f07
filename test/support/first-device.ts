/** An account with one device at a broker of its own, for what happens when more devices come. */
import { DEFAULT_POLICY } from "../../src/broker/index.ts";
import type { SigningKey } from "../../src/crypto/index.ts";
import type { RequestEntry } from "../../src/protocol/index.ts";
import { startTestBroker, type TestBroker, type TestDevice } from "./broker.ts";
import { type FakeClock, fakeClock, SECOND } from "./fake-clock.ts";
import { ALICE } from "./signing.ts";

export interface FirstDevice {
  readonly clock: FakeClock;
  /** Without limits, for example.com. */
  readonly broker: TestBroker;
  /** Alice's, connected a second ago. */
  readonly first: TestDevice;
  /** What is pending at Alice's account for the device with this key. */
  readonly pending: (key: SigningKey) => Promise<readonly RequestEntry[]>;
}

export async function startWithFirstDevice(): Promise<FirstDevice> {
  const clock = fakeClock();
  const policy = { ...DEFAULT_POLICY, limits: undefined };
  const broker = await startTestBroker({ clock: clock.read, domains: ["example.com"], policy });
  const first = await broker.connect(ALICE);
  // Devices are listed in the order in which they came.
  clock.pass(SECOND);
  return {
    ...{ clock, broker, first },
    pending: async (key) => {
      const { body } = await broker.signed(key, { PendingRequest: { Responder: ALICE } });
      return (body["Entries"] ?? []) as unknown as readonly RequestEntry[];
    },
  };
}
