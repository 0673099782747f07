/** What the service signs about its audit log (design §8): the payload of a JWS that an operator keeps elsewhere. */
import { AuditWriter, DateTime, Sequence, Sha256 } from "./members.ts";
import { list, object, type ReadOf, tagged } from "./shape.ts";

const MOST_CHAINS = 400;

/** Where each chain of the log ended. */
export const AuditCheckpoint = tagged(
  "AuditCheckpoint",
  object({
    Created: DateTime,
    Heads: list(object({ AuditWriter, AuditSeq: Sequence, AuditHash: Sha256 }), 1, MOST_CHAINS),
  }),
);
export type AuditCheckpoint = ReadOf<typeof AuditCheckpoint>;
