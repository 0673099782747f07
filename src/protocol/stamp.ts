/** What the service signs about an answer (design §8): the payload of a JWS; who signed is for `src/crypto`. */
import { AuditWriter, DateTime, Sequence, Sha256 } from "./members.ts";
import { object, type ReadOf, tagged } from "./shape.ts";

/** The broker's word about an answer; its place in the audit log is told where there is one. */
export const Stamp = tagged(
  "Stamp",
  object(
    { RequestDigest: Sha256, ResponseDigest: Sha256, Received: DateTime },
    { AuditWriter, AuditSeq: Sequence, AuditHash: Sha256 },
  ),
);
export type Stamp = ReadOf<typeof Stamp>;
