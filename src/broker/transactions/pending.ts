/** Pending (-01 §6.11): what waits for an account's answer, oldest first, told to its active devices alone. */
import { LIMITS, parseAccount, type RequestEntry } from "../../protocol/index.ts";
import type { Handler } from "../call.ts";
import { Refusal } from "../refusal.ts";
import type { Service } from "../service.ts";
import { requestEntry } from "./entries.ts";
import { requireDevice } from "./require-device.ts";

/** Sealing makes four bytes of three; what a client reads at most must hold the whole answer. */
const MOST_BYTES = Math.floor((LIMITS.answerBytes * 3) / 4) - 8 * 1024;

export const pending: Handler<"Pending"> = async (body, origin, service) => {
  const account = parseAccount(body.Responder).id;
  const { asked } = await requireDevice(origin, account, service);
  const [after, before] = await Promise.all([
    sequenceOf(body.AfterId, account, service),
    sequenceOf(body.BeforeId, account, service),
  ]);
  const most = body.MaxResponse ?? LIMITS.pendingEntries;
  const waiting = await service.store.pending({
    account,
    now: service.clock(),
    limit: most + 2,
    ...(after === undefined ? {} : { after }),
    ...(before === undefined ? {} : { before }),
    ...(body.BrokerID === undefined ? {} : { brokerId: body.BrokerID }),
  });
  // What asks about the device itself is for the others.
  const found = waiting.filter(({ brokerId }) => brokerId !== asked);
  const entries = fitting(found.slice(0, most).map(requestEntry));
  return { Status: 201, Entries: entries, ...(entries.length < found.length ? { More: true } : {}) };
};

/** As many as fit; the caller asks for those after the last. */
function fitting(entries: readonly RequestEntry[]): readonly RequestEntry[] {
  let bytes = 0;
  const end = entries.findIndex((entry) => (bytes += JSON.stringify(entry).length + 1) > MOST_BYTES);
  return end === -1 ? entries : entries.slice(0, end);
}

/**
 * A place in the order: our Sequence, or a BrokerID of the same account, as in -00.
 *
 * @throws Refusal `unknown_request`
 */
export async function sequenceOf(
  place: number | string | undefined,
  account: string,
  { store }: Service,
): Promise<number | undefined> {
  if (typeof place !== "string") return place;
  const request = await store.request(place);
  if (request?.account !== account) {
    throw new Refusal("unknown_request", "BeforeId or AfterId names no request of this account.");
  }
  return request.sequence;
}
