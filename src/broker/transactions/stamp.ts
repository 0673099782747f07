/**
 * The service's word on an answer that it took in: always the same for the same answer, so it is signed on demand. The last
 * ones are kept, because an enquirer that waits is told at once what its responder was just told.
 */
import { signStamp } from "../../crypto/index.ts";
import { nodePrimitives } from "../../node/index.ts";
import type { FlattenedJws } from "../../protocol/index.ts";
import type { Service } from "../service.ts";
import type { StoredRequest } from "../store/index.ts";

const MOST_KEPT = 1000;
/** By the key that signed, and all that the stamp says. */
const kept = new Map<string, FlattenedJws>();

/** The member `Stamp` of an answer about this request; nothing where it has no signed answer. */
export async function stampMember(
  { digest, answered }: Pick<StoredRequest, "digest" | "answered">,
  { key }: Service,
): Promise<{ readonly Stamp?: FlattenedJws }> {
  if (answered === undefined) return {};
  const { digest: responseDigest, received, place: audit } = answered;
  const stamp = { requestDigest: digest, responseDigest, received, audit };
  const name = JSON.stringify([key.kid, stamp]);
  const known = kept.get(name);
  if (known !== undefined) return { Stamp: known };
  const Stamp = await signStamp(key, stamp, nodePrimitives);
  kept.set(name, Stamp);
  const oldest = kept.size > MOST_KEPT ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  return { Stamp };
}
