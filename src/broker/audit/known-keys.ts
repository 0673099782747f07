/** Whose word about the log counts: the service's keys as the store has them, or those that the verifier knows from elsewhere. */
import { importPair, openNextServiceKey, signingKeyOf, successorsOf, type VerifyKey } from "../../crypto/index.ts";
import type { Jws } from "../../protocol/index.ts";
import type { AuditSnapshot } from "../store/index.ts";

export interface KnownKeys {
  /** The kids in the store. */
  readonly stored: ReadonlySet<string>;
  /** Whether the verifier takes this key's word. */
  readonly counts: (signer: VerifyKey) => Promise<boolean>;
}

/** @param pins - kids that the verifier knows; with none, those in the store count */
export async function knownKeys(snapshot: AuditSnapshot, pins: readonly string[]): Promise<KnownKeys> {
  const first = await snapshot.firstServiceKey();
  const later = await snapshot.laterServiceKeys();
  const jwks = [...(first === undefined ? [] : [first]), ...later.map(({ jwk }) => jwk)];
  const keys = await Promise.all(jwks.map(async (jwk) => signingKeyOf(await importPair(jwk, "sign"))));
  const stored = new Set(keys.map(({ kid }) => kid));
  const handovers: readonly Jws[] = later.map(({ handover }) => handover);
  return {
    stored,
    counts: async (signer) => {
      if (pins.length === 0) return stored.has(signer.kid);
      if (pins.includes(signer.kid)) return true;
      return isHeir(signer, handovers, pins);
    },
  };
}

/** Takes the word of the service's keys in the store alone: for what is in the store itself. */
export function onlyStored({ stored }: KnownKeys): Pick<KnownKeys, "counts"> {
  return { counts: ({ kid }) => Promise.resolve(stored.has(kid)) };
}

/** Whether a pinned key handed over to this one, itself or by others. */
async function isHeir(signer: VerifyKey, handovers: readonly Jws[], pins: readonly string[]): Promise<boolean> {
  for (const [index, handover] of handovers.entries()) {
    const { signer: from } = await openNextServiceKey(handover);
    if (!pins.includes(from.kid)) continue;
    const heirs = await successorsOf(from, handovers.slice(index));
    if (heirs.some(({ kid }) => kid === signer.kid)) return true;
  }
  return false;
}
