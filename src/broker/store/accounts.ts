/**
 * Accounts, their connect codes and devices, and the registered enquirers, as every engine keeps them. Accounts are ids
 * (domain in lower case), instants are milliseconds since 1970, keys go by kid.
 */
import type { Jws, PublicJwk } from "../../protocol/index.ts";
import type { Settled } from "./requests.ts";

export interface StoredAccount {
  readonly account: string;
  readonly created: number;
}

export type DeviceState = "active" | "pending" | "revoked";

export interface StoredDevice {
  readonly account: string;
  readonly kid: string;
  /** What its owner calls it. */
  readonly name: string;
  readonly profile: Jws;
  readonly state: DeviceState;
  readonly created: number;
  /** When it called last, coarsely. */
  readonly lastSeen: number | undefined;
  /** The BrokerID of the request that asks to endorse it. */
  readonly asked: string | undefined;
  /** A profile with other keys, which another device of the account is to let in; until then the one before counts. */
  readonly wanted: Jws | undefined;
  /** The signed yes that let it in, and whose; undefined for one that a code alone let in. */
  readonly endorsement: Jws | undefined;
  readonly endorsedBy: string | undefined;
  /** The same of the last profile with other keys. */
  readonly change: Jws | undefined;
  readonly changedBy: string | undefined;
  /** The signed revocation; a device that was only cut off, or never let in, has none. */
  readonly revocation: Jws | undefined;
}

export interface StoredCode {
  readonly id: number;
  /** Sixteen Base32 capitals. */
  readonly code: string;
  /** The device that spent it, if one did. */
  readonly spentBy: string | undefined;
}

export interface NewDevice {
  readonly account: string;
  readonly kid: string;
  readonly name: string;
  readonly signingKey: PublicJwk;
  readonly profile: Jws;
  /** The profile has other keys than the one that is stored. */
  readonly changesKeys: boolean;
  readonly now: number;
}

/** What lets a device in: a code whose proof was right, or an open service and an account that does not exist yet. */
export type Admission = { readonly by: "code"; readonly codeId: number } | { readonly by: "open_service" };

export type ConnectOutcome =
  | { readonly kind: "connected"; readonly state: "active" | "pending" }
  /** Another device spent the code, or it is over. */
  | { readonly kind: "code_spent" }
  /** An open service, but the account is there already. */
  | { readonly kind: "account_exists" }
  /** A revoked key does not come back. */
  | { readonly kind: "revoked" }
  /** The account has had as many devices as one may. */
  | { readonly kind: "too_many" };

/** A device on its way out. */
export interface DeviceRemoval {
  readonly account: string;
  readonly kid: string;
  /** Undefined: the operator cuts it off, and says nothing to others. */
  readonly revocation: Jws | undefined;
  readonly now: number;
}

/** All devices of an account on their way out, and the code for the first new one. */
export interface Recovery {
  readonly account: string;
  /** A revocation for each device that is not revoked. */
  readonly revocations: readonly { readonly kid: string; readonly jws: Jws }[];
  readonly code: string;
  readonly now: number;
  /** When the code runs out. */
  readonly expires: number;
}

export type RecoveryOutcome =
  | { readonly kind: "recovered"; readonly settled: readonly Settled[] }
  | { readonly kind: "unknown_account" }
  /** There is a device without a revocation here: look again. */
  | { readonly kind: "changed" };

/** How the key that signed a request stands to the account that it says it is from. */
export interface SenderStanding {
  /** FromID is an account of this broker. */
  readonly fromIsAccount: boolean;
  /** The key is an active device of FromID's account. */
  readonly local: boolean;
  /** The operator registered the key. */
  readonly registered: boolean;
}

export interface StoredEnquirer {
  readonly kid: string;
  readonly name: string;
  readonly created: number;
}

export interface AccountStore {
  /** False where the account exists. */
  addAccount(account: string, now: number): Promise<boolean>;
  accounts(): Promise<readonly StoredAccount[]>;
  hasAccount(account: string): Promise<boolean>;
  /** Removes an account, its codes and devices; what was pending becomes BCANCEL, or EXPIRED. Undefined where there is none. */
  removeAccount(account: string, now: number): Promise<readonly Settled[] | undefined>;

  /** Adds a connect code; false where the account does not exist. */
  addCode(code: {
    readonly account: string;
    readonly code: string;
    readonly now: number;
    readonly expires: number;
  }): Promise<boolean>;
  /** The codes of an account that are not over, spent ones included. */
  codes(account: string, now: number): Promise<readonly StoredCode[]>;

  /**
   * Lets a device in, atomically: spends the code and stores the device, `active` where the account has no active one,
   * else `pending`. The same device with the same code again gets the same outcome; a known device keeps its state.
   */
  connectDevice(device: NewDevice, admission: Admission): Promise<ConnectOutcome>;
  /**
   * Replaces name and profile of a known device that is not revoked; false where there is none. Where the keys of an active
   * device change, and the account has another one, the profile is only `wanted`.
   */
  updateDevice(device: NewDevice): Promise<boolean>;
  device(account: string, kid: string): Promise<StoredDevice | undefined>;
  devices(account: string): Promise<readonly StoredDevice[]>;

  /** Notes which request asks to endorse a pending device. */
  noteAsked(account: string, kid: string, brokerId: string): Promise<void>;
  /** Notes that a device called. */
  noteSeen(account: string, kid: string, now: number): Promise<void>;
  /**
   * Revokes a device that is active or pending; what asks to endorse it becomes BCANCEL, and with the last active device
   * all that is pending at the account. Undefined where there is no such device.
   */
  revokeDevice(removal: DeviceRemoval): Promise<readonly Settled[] | undefined>;
  /** Revokes every device, makes what is pending BCANCEL, takes back the codes and adds one; all or nothing. */
  recoverAccount(recovery: Recovery): Promise<RecoveryOutcome>;

  /** A key that this broker holds: a registered enquirer's, a device's that is not revoked, or one that was remembered. */
  heldKey(kid: string): Promise<PublicJwk | undefined>;
  /** Remembers the key of a sender, with its `alg`, unless one is remembered under this kid: the first one stays. */
  rememberSender(kid: string, jwk: PublicJwk): Promise<void>;

  /** Registers an enquirer's key; false where it is registered. */
  addEnquirer(enquirer: {
    readonly kid: string;
    readonly jwk: PublicJwk;
    readonly name: string;
    readonly now: number;
  }): Promise<boolean>;
  enquirers(): Promise<readonly StoredEnquirer[]>;
  removeEnquirer(kid: string, now: number): Promise<boolean>;
}
