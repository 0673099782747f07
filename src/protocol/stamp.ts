/**
 * What the service signs (design §8, Appendix A): when it took an answer in, and by which key it will sign next. Both
 * are payloads of a JWS; who signed is for `src/crypto`.
 */
import { PublicJwk } from "./jose-shapes.ts";
import { DateTime, Sequence, Sha256 } from "./members.ts";
import { object, type ReadOf, tagged } from "./shape.ts";

/** The broker's word about an answer; its place in the audit log is told where there is one. */
export const Stamp = tagged(
  "Stamp",
  object(
    { RequestDigest: Sha256, ResponseDigest: Sha256, Received: DateTime },
    { AuditSeq: Sequence, AuditHash: Sha256 },
  ),
);
export type Stamp = ReadOf<typeof Stamp>;

/** The key that follows the one that signs this. */
export const NextServiceKey = tagged("NextServiceKey", object({ ServiceKey: PublicJwk, Created: DateTime }));
export type NextServiceKey = ReadOf<typeof NextServiceKey>;
