/** Policy (Appendix A of the design): what the account's owner decides about senders; any active device may say. */
import { formatTime, parseAccount, policyEntry, type PolicySet } from "../../protocol/index.ts";
import type { Handler } from "../call.ts";
import type { PolicyChange } from "../store/index.ts";
import { requireDevice } from "./require-device.ts";

/** As many as one answer has; the user lifts them and sees the rest. */
const MOST_COOL_DOWNS = 100;

export const policy: Handler<"Policy"> = async ({ Responder, Set: given }, origin, service) => {
  const { store, log, clock } = service;
  const account = parseAccount(Responder).id;
  const { kid } = await requireDevice(origin, account, service);
  if (given !== undefined) {
    await store.changePolicy(account, changeOf(given), kid, clock());
    log.write({ event: "policy", account, by: kid });
  }
  const { block, allow, allowOnly } = await store.accountPolicy(account);
  const coolDowns = await store.coolDowns(account, clock(), MOST_COOL_DOWNS);
  return {
    Status: given === undefined ? 201 : 202,
    Policy: {
      Account: account,
      Block: block,
      Allow: allow,
      AllowOnly: allowOnly,
      CoolDowns: coolDowns.map((one) => ({ Kid: one.kid, Until: formatTime(one.until) })),
    },
  };
};

function changeOf({ Block, Allow, AllowOnly, Lift }: PolicySet): PolicyChange {
  const normal = (entries: readonly string[]): readonly string[] => [...new Set(entries.map(policyEntry))];
  return {
    ...(Block === undefined ? {} : { block: normal(Block) }),
    ...(Allow === undefined ? {} : { allow: normal(Allow) }),
    ...(AllowOnly === undefined ? {} : { allowOnly: AllowOnly }),
    ...(Lift === undefined ? {} : { lift: Lift }),
  };
}
