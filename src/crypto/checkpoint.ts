/** Checkpoints of the audit log (design §8): the service's signed word on where its chains ended, and when. */
import { AuditCheckpoint, type FlattenedJws, formatTime, parseTime } from "../protocol/index.ts";
import { CryptoError } from "./errors.ts";
import { signFlattened } from "./jws.ts";
import type { SigningKey } from "./keys.ts";
import type { VerifyKey } from "./public-key.ts";
import { openSigned, TYP } from "./signed.ts";
import type { AuditPlace } from "./stamp.ts";

/** A checkpoint whose signature holds. Whose word it is, is for the verifier to know. */
export interface VerifiedCheckpoint {
  readonly signer: VerifyKey;
  /** Milliseconds since 1970, in whole seconds. */
  readonly created: number;
  readonly heads: readonly AuditPlace[];
}

/** Signs a checkpoint. */
export function signCheckpoint(key: SigningKey, created: number, heads: readonly AuditPlace[]): Promise<FlattenedJws> {
  const body: AuditCheckpoint = {
    Created: formatTime(created),
    Heads: heads.map(({ writer, sequence, hash }) => ({ AuditWriter: writer, AuditSeq: sequence, AuditHash: hash })),
  };
  const header = { typ: TYP.checkpoint, jwk: { ...key.jwk } };
  return signFlattened(key, header, JSON.stringify({ AuditCheckpoint: body }));
}

/**
 * Verifies a checkpoint's own signature. It must say `typ` and carry its key, like a stamp.
 *
 * @throws CryptoError, ProtocolError as `openSigned`; CryptoError `header`
 */
export async function openCheckpoint(checkpoint: FlattenedJws): Promise<VerifiedCheckpoint> {
  const { payload, protected: header, signature } = checkpoint;
  const jws = { payload, signatures: [{ protected: header, signature }] };
  const { body, signer, typed } = await openSigned(jws, TYP.checkpoint, AuditCheckpoint);
  if (!typed) throw new CryptoError("header", "A checkpoint must say typ in its protected header.");
  const heads = body.Heads.map(({ AuditWriter: writer, AuditSeq: sequence, AuditHash: hash }) =>
    Object.freeze({ writer, sequence, hash }),
  );
  return Object.freeze({ signer, created: parseTime(body.Created), heads });
}
