/** What the account's owner says to whoever posts a request: the account's own policy, and the rejections before. */
import type { Origin } from "../call.ts";
import { accountRefusal, type Standing } from "../policy/index.ts";
import type { Refusal } from "../refusal.ts";
import type { Service } from "../service.ts";
import type { KnownSender } from "../store/index.ts";
import { domainPublishes } from "./domain-publishes.ts";
import type { PostedRequest } from "./posted-request.ts";

/** Undefined where the owner takes it. Whom an encrypted request claims to be from is not seen here; its key is. */
export async function ownerRefusal(
  { fromId, signerKid: kid }: PostedRequest,
  { policy: rules, strikes }: KnownSender,
  standing: Standing,
  origin: Origin,
  service: Service,
): Promise<Refusal | undefined> {
  const { policy, clock } = service;
  const isBound = async (): Promise<boolean> =>
    standing.local || standing.domain || (fromId !== undefined && domainPublishes(fromId, kid, origin, service));
  return accountRefusal(rules, policy.limits === undefined ? undefined : strikes, { kid, fromId, isBound }, clock());
}
