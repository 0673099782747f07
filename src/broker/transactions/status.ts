/**
 * Status (-01 §6.9): what became of a request. The BrokerID is the capability to ask; cancelling a request that was
 * posted authenticated takes the key that posted it. `Wait` holds the call until there is news. The call looks alike in
 * both drafts, so its answer has the form of the draft in which the request was posted.
 */
import type { Draft, RequestBody, ResponseBody } from "../../protocol/index.ts";
import type { Origin } from "../call.ts";
import type { Line } from "../line.ts";
import { shortId } from "../log.ts";
import { Refusal } from "../refusal.ts";
import type { Service } from "../service.ts";
import type { StoredRequest } from "../store/index.ts";
import { responseEntry } from "./entries.ts";
import { requireCaller } from "./require-device.ts";
import { stampMember } from "./stamp.ts";

/** What to answer, and in which draft. */
export interface StatusAnswer {
  readonly body: ResponseBody<"Status">;
  readonly draft: Draft;
}

/** @throws Refusal, StoreError */
export async function status(
  { BrokerID, Cancel, Wait }: RequestBody<"Status">,
  origin: Origin,
  service: Service,
): Promise<StatusAnswer> {
  let request = await look(BrokerID, service);
  if (Cancel === true) request = await cancel(request, origin, service);
  else if (request.state === "PENDING" && Wait !== undefined && Wait > 0) {
    const asked = request;
    // Where too many wait already it is answered as it stands: callers pace themselves.
    const waited = await origin.place.park(() => waitForEnd(asked, Wait * 1000, origin.line, service));
    request = waited?.value ?? request;
  }
  if (request.state === "REPLY" && request.response === undefined) {
    throw new Refusal("over", "The answer came and was erased since, as the operator's rules say.");
  }
  const body = { Status: 201, Response: responseEntry(request), ...(await stampMember(request, service)) };
  return { body, draft: request.draft };
}

/** Reads a request; one whose time has passed expires now, so that no answer can come after this was said. */
async function look(brokerId: string, { store, notices, clock }: Service): Promise<StoredRequest> {
  const request = await find(brokerId, store);
  const now = clock();
  if (request.state !== "PENDING" || request.expire > now) return request;
  if (await store.expire(request.sequence, now)) {
    notices.settled({ brokerId, account: request.account, state: "EXPIRED" });
  }
  return find(brokerId, store);
}

async function find(brokerId: string, store: Service["store"]): Promise<StoredRequest> {
  const request = await store.request(brokerId);
  if (request === undefined) throw new Refusal("unknown_request", "There is no request with this BrokerID.");
  return request;
}

async function cancel(request: StoredRequest, origin: Origin, service: Service): Promise<StoredRequest> {
  if (request.postedBy !== undefined && requireCaller(origin).kid !== request.postedBy) {
    throw new Refusal("forbidden", "Only the key that posted this request may cancel it.");
  }
  const { store, notices, log, clock } = service;
  const changed = request.state === "PENDING" && (await store.cancel(request.sequence, clock()));
  const after = await find(request.brokerId, store);
  if (changed) {
    const { brokerId, account, state } = after;
    notices.settled({ brokerId, account, state });
    log.write({ event: "settled", account, request: shortId(brokerId), state });
  }
  return after;
}

/** Waits until the request is not pending any more, at most `ms`, and reads it. */
async function waitForEnd(asked: StoredRequest, ms: number, line: Line, service: Service): Promise<StoredRequest> {
  const until = performance.now() + ms;
  for (;;) {
    // Listening starts before the look: news that comes between the two must not be missed.
    const news = service.notices.wait(asked, Math.max(0, until - performance.now()), line);
    const request = await look(asked.brokerId, service);
    if (request.state !== "PENDING") return request;
    if ((await news) !== "noticed") return look(asked.brokerId, service);
  }
}
