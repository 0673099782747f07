/** The line of this home's device to its broker; a key that the broker's pinned one handed over to is stored and said. */
import { type DeviceLine, deviceLine } from "../client/index.ts";
import type { VerifyKey } from "../crypto/index.ts";
import { newDiscovery } from "../node/index.ts";
import type { Context } from "./context.ts";
import { adoptService, type Device } from "./device-home.ts";

export interface HomeLine {
  readonly line: DeviceLine;
  /** The broker's key as it is pinned now. */
  readonly service: () => VerifyKey;
}

export function homeLine({ home, output }: Pick<Context, "home" | "output">, device: Device): HomeLine {
  let { service } = device;
  const line = deviceLine({
    credentials: () => Promise.resolve({ key: device.key, service }),
    adopt: async (_account, next) => {
      await adoptService(home, device, next);
      output.note(`the key of ${device.broker} is now ${next.kid}, signed by the pinned one, ${service.kid}`);
      service = next;
    },
    fetch: newDiscovery().fetchFor(device.account, device.broker),
    clock: Date.now,
  });
  return { line, service: () => service };
}
