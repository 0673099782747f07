/**
 * The keys that the service signs with. One signs at a time; the next is announced before it takes over, and each
 * handover is told for good, so that a client that was away finds the way from the key that it pinned.
 */
import {
  exportPair,
  importPair,
  newSigningPair,
  type PrivateJwk,
  type SigningKey,
  signingKeyOf,
  signNextServiceKey,
} from "../crypto/index.ts";
import type { Jws } from "../protocol/index.ts";
import type { Store } from "./store/index.ts";

/** A key, from when on it signs (undefined: the first), and by what it was handed over to. */
export interface DatedServiceKey {
  readonly key: SigningKey;
  readonly since: number | undefined;
  readonly handover: Jws | undefined;
}

/** What Hello and Connect say of the keys that follow the first. */
export interface Announcement {
  /** The latest handover, also before it takes effect. */
  readonly NextServiceKey?: Jws;
  /** Every handover but that, the oldest first. */
  readonly ServiceKeyChain?: readonly Jws[];
}

export interface ServiceKeys {
  /** The key that signs now. */
  readonly current: () => SigningKey;
  readonly isOwn: (kid: string) => boolean;
  readonly announcement: () => Announcement;
  /** Reads the store again: another process may have added a key. */
  readonly reload: () => Promise<void>;
}

/** How many handovers are told beside the latest: who slept through more has to be told by a person. */
const MOST_TOLD = 16;

const importKey = async (jwk: PrivateJwk): Promise<SigningKey> => signingKeyOf(await importPair(jwk, "sign"));

/** All keys, the first one made where there is none. */
export async function serviceKeysOf(store: Store): Promise<readonly DatedServiceKey[]> {
  const candidate = await exportPair(await newSigningPair({ extractable: true }));
  const keys: DatedServiceKey[] = [
    { key: await importKey(await store.serviceKey(candidate)), since: undefined, handover: undefined },
  ];
  for (const { jwk, handover, since } of await store.laterServiceKeys()) {
    keys.push({ key: await importKey(jwk), since, handover });
  }
  return keys;
}

/** Which of the keys signs at a time. */
export function signerAt(keys: readonly DatedServiceKey[], now: number): DatedServiceKey {
  const found = keys.findLast(({ since }) => since === undefined || since <= now);
  if (found === undefined) throw new Error("There is no service key.");
  return found;
}

/** The key of this service now. */
export async function serviceKeyOf(store: Store, now = Date.now()): Promise<SigningKey> {
  return signerAt(await serviceKeysOf(store), now).key;
}

/** Opens the keys of a service that runs. */
export async function openServiceKeys(store: Store, clock: () => number): Promise<ServiceKeys> {
  let keys = await serviceKeysOf(store);
  return {
    current: () => signerAt(keys, clock()).key,
    isOwn: (kid) => keys.some(({ key }) => key.kid === kid),
    announcement: () => {
      const handovers = keys.flatMap(({ handover }) => (handover === undefined ? [] : [handover]));
      const last = handovers.pop();
      return {
        ...(last === undefined ? {} : { NextServiceKey: last }),
        ...(handovers.length === 0 ? {} : { ServiceKeyChain: handovers.slice(-MOST_TOLD) }),
      };
    },
    reload: async () => {
      if ((await store.laterServiceKeys()).length !== keys.length - 1) keys = await serviceKeysOf(store);
    },
  };
}

export type Rotation =
  | { readonly kind: "rotated"; readonly former: string; readonly next: string; readonly since: number }
  /** A key is announced that does not sign yet. */
  | { readonly kind: "waiting"; readonly next: string; readonly since: number };

/**
 * Makes the next key, handed over to by the one that signs now.
 *
 * @param since - from when on it signs
 */
export async function rotateServiceKey(store: Store, now: number, since: number): Promise<Rotation> {
  for (;;) {
    const keys = await serviceKeysOf(store);
    const last = keys.at(-1);
    if (last?.since !== undefined && last.since > now) {
      return { kind: "waiting", next: last.key.kid, since: last.since };
    }
    const { key } = signerAt(keys, now);
    const pair = await newSigningPair({ extractable: true });
    const next = await signingKeyOf(pair);
    const handover = await signNextServiceKey(key, next.jwk, now);
    const added = await store.addServiceKey({ jwk: await exportPair(pair), handover, since }, keys.length - 1, now);
    if (added) return { kind: "rotated", former: key.kid, next: next.kid, since };
  }
}
