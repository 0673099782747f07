/**
 * Profile (Appendix A of the design): the active devices of an account, each in a profile that its own key signed, and as
 * another device let it in; how they came in, where a device let them in; and every revocation there ever was.
 */
import { parseAccount } from "../../protocol/index.ts";
import type { Handler } from "../call.ts";
import { Refusal } from "../refusal.ts";
import { requireCaller } from "./require-device.ts";

export const profile: Handler<"Profile"> = async (body, origin, { store }) => {
  requireCaller(origin);
  const account = parseAccount(body.Account).id;
  if (!(await store.hasAccount(account))) {
    throw new Refusal("unknown_account", "There is no such account at this broker.");
  }
  const devices = await store.devices(account);
  const active = devices.filter(({ state }) => state === "active");
  return {
    Status: 201,
    Account: account,
    Devices: active.map((device) => device.profile),
    Endorsements: devices.flatMap(({ endorsement, change }) => [endorsement ?? [], change ?? []].flat()),
    Revocations: devices.flatMap(({ revocation }) => revocation ?? []),
  };
};
