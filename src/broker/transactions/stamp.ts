/** The service's word on an answer that it took in: always the same for the same answer, so it is signed on demand. */
import { signStamp } from "../../crypto/index.ts";
import { nodePrimitives } from "../../node/index.ts";
import type { FlattenedJws } from "../../protocol/index.ts";
import type { Service } from "../service.ts";
import type { StoredRequest } from "../store/index.ts";

/** The member `Stamp` of an answer about this request; nothing where it has no signed answer. */
export async function stampMember(
  { digest, answered }: StoredRequest,
  { key }: Service,
): Promise<{ readonly Stamp?: FlattenedJws }> {
  if (answered === undefined) return {};
  const { digest: responseDigest, received, place: audit } = answered;
  return { Stamp: await signStamp(key, { requestDigest: digest, responseDigest, received, audit }, nodePrimitives) };
}
