/** What an account's owner decides about senders, as every engine keeps it. Entries are in their normal form. */
import type { SenderStanding } from "./accounts.ts";
import type { Strikes } from "./strikes.ts";

export interface StoredPolicy {
  readonly block: readonly string[];
  readonly allow: readonly string[];
  readonly allowOnly: boolean;
}

/** The lists given replace those that are there; the cool-downs of the kids in `lift` are forgotten. */
export interface PolicyChange extends Partial<StoredPolicy> {
  readonly lift?: readonly string[];
}

export interface StoredCoolDown {
  readonly kid: string;
  readonly until: number;
}

/** What is known of a key that asks an account. */
export interface KnownSender {
  readonly standing: SenderStanding;
  /** The account's own. */
  readonly policy: StoredPolicy;
  /** How often the account rejected requests of this key lately; undefined where never. */
  readonly strikes: Strikes | undefined;
}

/** Where an account has no policy of its own. */
export const NO_POLICY: StoredPolicy = Object.freeze({ block: [], allow: [], allowOnly: false });

export interface PolicyStore {
  accountPolicy(account: string): Promise<StoredPolicy>;
  /** Changes the policy by a device's word, at once and whole; two devices that change at the same time both count. */
  changePolicy(account: string, change: PolicyChange, by: string, now: number): Promise<void>;
  /** In one look, since every request asks. Without a FromID, which an envelope hides, `local` is a device of any account here. */
  sender(account: string, fromId: string | undefined, kid: string): Promise<KnownSender>;
  /** The cool-downs that last beyond `now`, the longest first, at most `limit`. */
  coolDowns(account: string, now: number, limit: number): Promise<readonly StoredCoolDown[]>;
}
