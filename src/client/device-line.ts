/**
 * A device's line to the brokers of its accounts: what the responder asks of them, each call authenticated by the device
 * and believed only when the account's pinned service key signed it back.
 */
import { openDeviceProfile, type VerifyKey } from "../crypto/index.ts";
import type {
  AccountPolicy,
  DeviceEntry,
  FlattenedJws,
  Jws,
  JwsOrJwe,
  Outcome,
  PolicySet,
  RequestBody,
  RequestEntry,
  RequestStatus,
  ResponseBody,
  Transaction,
} from "../protocol/index.ts";
import { type CallOptions, callSigned, type Credentials } from "./call.ts";
import { ClientError } from "./errors.ts";
import { callFollowing } from "./follow-key.ts";

interface DeviceAccount {
  readonly account: string;
  /** The broker's endpoint. */
  readonly broker: string;
}

export interface DeviceLineOptions extends Pick<CallOptions, "fetch" | "clock" | "timeoutMs"> {
  /** The device's key and the broker's pinned one. */
  readonly credentials: (account: DeviceAccount) => Promise<Credentials>;
  /**
   * Stores the key that the broker's pinned one handed over to; from then on it is among the credentials. Left out, any
   * other key is an alarm.
   */
  readonly adopt?: (account: DeviceAccount, service: VerifyKey) => Promise<void>;
}

export interface DeviceLine {
  pending(account: DeviceAccount): Promise<{ readonly entries: readonly RequestEntry[]; readonly complete: boolean }>;
  pendingEntry(account: DeviceAccount, brokerId: string): Promise<RequestEntry | undefined>;
  statusOf(account: DeviceAccount, brokerId: string): Promise<RequestStatus | undefined>;
  respond(
    account: DeviceAccount,
    brokerId: string,
    answer: JwsOrJwe,
  ): Promise<{ readonly status: number; readonly stamp?: FlattenedJws }>;
  refuse(account: DeviceAccount, brokerId: string): Promise<number>;
  vouchedKids(account: DeviceAccount, fromId: string): Promise<readonly string[]>;
  /** Tells the broker of a profile of this device; `pending` where another device is asked whether it counts. */
  connect(account: DeviceAccount, deviceName: string, profile: Jws): Promise<"active" | "pending">;
  /** The account's policy; with a change, after it was made. */
  policy(account: DeviceAccount, set?: PolicySet): Promise<AccountPolicy>;
  /** The account's devices; with a revocation, after it was handed over. */
  devices(account: DeviceAccount, revoke?: Jws): Promise<readonly DeviceEntry[]>;
  /** How the account's devices let each other in; nothing of it is verified. */
  endorsements(account: DeviceAccount): Promise<readonly Jws[]>;
}

/** How many answers of Pending are read at most; what is left is read at the next poll. */
const PAGES = 20;

type Call = <T extends Transaction>(
  account: DeviceAccount,
  transaction: T,
  body: RequestBody<T>,
) => Promise<ResponseBody<T>>;

/** Makes the line; every method rejects with a ClientError where there was no signed answer, `refused` where it was a no. */
export function deviceLine(options: DeviceLineOptions): DeviceLine {
  const call: Call = async (account, transaction, body) => {
    const { adopt } = options;
    const who = await options.credentials(account);
    const at = { ...options, endpoint: account.broker };
    if (adopt === undefined) return callSigned(transaction, body, who, at);
    return callFollowing(transaction, body, who, at, (service) => adopt(account, service));
  };
  const done: Call = async (account, transaction, body) => {
    const answer = await call(account, transaction, body);
    if (answer.Status >= 300) throw refusalOf(answer);
    return answer;
  };

  return {
    pending: async (account) => {
      const entries: RequestEntry[] = [];
      let place: { readonly AfterId?: number } = {};
      for (let page = 0; page < PAGES; page++) {
        const { Entries = [], More } = await done(account, "Pending", { Responder: account.account, ...place });
        entries.push(...Entries);
        const last = Entries.at(-1)?.Sequence;
        // An empty page is the end, unless nothing of it could be read; one that gives no Sequence, or leads back, cannot be
        // gone on from.
        if (last === undefined) return { entries, complete: Entries.length === 0 && More !== true };
        if (last <= (place.AfterId ?? -1)) break;
        place = { AfterId: last };
      }
      return { entries, complete: false };
    },
    pendingEntry: async (account, BrokerID) => {
      const answer = await done(account, "Pending", { Responder: account.account, BrokerID }).catch(noneIfNotFound);
      return answer?.Entries?.find((entry) => entry.BrokerID === BrokerID);
    },
    statusOf: async (account, BrokerID) => {
      const answer = await done(account, "Status", { BrokerID }).catch(noneIfNotFound);
      return answer?.Response?.RequestStatus;
    },
    respond: async (account, BrokerID, Response) => {
      const said = await call(account, "Respond", { Response: { BrokerID, RequestStatus: "REPLY", Response } });
      return { status: said.Status, ...(said.Stamp && { stamp: said.Stamp }) };
    },
    refuse: async (account, BrokerID) =>
      (await call(account, "Respond", { Response: { BrokerID, RequestStatus: "REFUSED" } })).Status,
    connect: async (account, DeviceName, DeviceProfile) => {
      const { State = "active" } = await done(account, "Connect", {
        Account: account.account,
        DeviceName,
        DeviceProfile,
      });
      return State;
    },
    policy: async (account, set) => {
      const { Policy } = await done(account, "Policy", { Responder: account.account, ...(set && { Set: set }) });
      if (Policy === undefined) throw new ClientError("malformed", "The broker did not say what the policy is.");
      return Policy;
    },
    devices: async (account, revoke) => {
      const more = revoke && { Revoke: revoke };
      return (await done(account, "Devices", { Responder: account.account, ...more })).Devices ?? [];
    },
    endorsements: async (account) => (await done(account, "Profile", { Account: account.account })).Endorsements ?? [],
    vouchedKids: async (account, fromId) => {
      const profiles = (await done(account, "Profile", { Account: fromId }).catch(noneIfNotFound))?.Devices ?? [];
      const opened = await Promise.all(profiles.map((profile) => openDeviceProfile(profile).catch(() => undefined)));
      return opened.flatMap((profile) => (profile?.account === fromId ? profile.signingKey.kid : []));
    },
  };
}

/** The broker's signed no. */
export function refusalOf({ Status, StatusDescription = "The broker refused.", DeviceState }: Outcome): ClientError {
  return new ClientError("refused", StatusDescription, { status: Status, deviceState: DeviceState });
}

/** A signed "not found" is an answer where something is looked for. */
function noneIfNotFound(error: unknown): undefined {
  if (!(error instanceof ClientError && error.code === "refused" && error.status === 404)) throw error;
}
