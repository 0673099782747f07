/**
 * The service's word on an answer that it took in. It is signed when the answer is stored, and the signature kept: whoever
 * asks later costs no other. Signed anew where another service key signs now, or an older version took the answer in.
 */
import { type NewStamp, signStamp, type SigningKey, stampBy, unsignedStamp } from "../../crypto/index.ts";
import { nodePrimitives } from "../../node/index.ts";
import type { FlattenedJws } from "../../protocol/index.ts";
import type { Service } from "../service.ts";
import type { KeptOfAnswer, KnownOfRequest, NewAnswer, StoredRequest } from "../store/index.ts";

/** What is said of an answer about the request of this digest. */
function saidOf(requestDigest: string, { digest, received, place }: Omit<KeptOfAnswer, "stamp">): NewStamp {
  return { requestDigest, responseDigest: digest, received, audit: place };
}

/** Signs for an answer while it is stored. */
export function stamperFor(
  { digest: requestDigest }: Pick<KnownOfRequest, "digest">,
  { digest, now: received }: Pick<NewAnswer, "digest" | "now">,
  key: SigningKey,
): NonNullable<NewAnswer["stamp"]> {
  return (place) => {
    const { header, payload } = unsignedStamp(key, saidOf(requestDigest, { digest, received, place }));
    return { kid: key.kid, signature: nodePrimitives.sign(key, header, payload).signature };
  };
}

/** The member `Stamp` of an answer about this request; nothing where it has no signed answer. */
export async function stampMember(
  { digest, answered }: Pick<StoredRequest, "digest" | "answered">,
  { key }: Service,
): Promise<{ readonly Stamp?: FlattenedJws }> {
  if (answered === undefined) return {};
  const said = saidOf(digest, answered);
  const { stamp } = answered;
  if (stamp?.kid === key.kid) return { Stamp: stampBy(key, said, stamp.signature) };
  return { Stamp: await signStamp(key, said, nodePrimitives) };
}
