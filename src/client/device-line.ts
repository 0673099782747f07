/**
 * A device's line to the brokers of its accounts: what the responder asks of them, each call authenticated by the device
 * and believed only when the account's pinned service key signed it back.
 */
import { openDeviceProfile, type VerifyKey } from "../crypto/index.ts";
import type {
  AccountPolicy,
  PolicySet,
  DeviceEntry,
  Jws,
  JwsOrJwe,
  Outcome,
  RequestBody,
  RequestEntry,
  RequestStatus,
  Status,
  Transaction,
} from "../protocol/index.ts";
import { STATUS } from "../protocol/index.ts";
import { type Answer, type CallOptions, callSigned, type Credentials } from "./call.ts";
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
  respond(account: DeviceAccount, brokerId: string, answer: JwsOrJwe): Promise<Status>;
  refuse(account: DeviceAccount, brokerId: string): Promise<Status>;
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

/** Makes the line; every method rejects with a ClientError where there was no signed answer, `refused` where it was a no. */
export function deviceLine(options: DeviceLineOptions): DeviceLine {
  const call = async <T extends Transaction>(
    account: DeviceAccount,
    transaction: T,
    body: RequestBody<T>,
  ): Promise<Answer<T>> => {
    const { adopt } = options;
    const who = await options.credentials(account);
    const at = { ...options, endpoint: account.broker };
    if (adopt === undefined) return callSigned(transaction, body, who, at);
    return callFollowing(transaction, body, who, at, (service) => adopt(account, service));
  };

  return {
    pending: async (account) => {
      const entries: RequestEntry[] = [];
      let place: { readonly AfterId?: number } = {};
      for (let page = 0; page < PAGES; page++) {
        const answer = await call(account, "Pending", { Responder: account.account, ...place });
        requireDone(answer);
        const listed = "Entries" in answer ? answer.Entries : [];
        entries.push(...listed);
        const last = listed.at(-1)?.Sequence;
        // An empty page is the end, unless nothing of it could be read; one that gives no Sequence, or leads back, cannot be
        // gone on from.
        if (last === undefined) return { entries, complete: listed.length === 0 && !("More" in answer && answer.More) };
        if (last <= (place.AfterId ?? -1)) break;
        place = { AfterId: last };
      }
      return { entries, complete: false };
    },
    pendingEntry: async (account, brokerId) => {
      const answer = await call(account, "Pending", { Responder: account.account, BrokerID: brokerId });
      if (answer.Status === 404) return undefined;
      requireDone(answer);
      return "Entries" in answer ? answer.Entries.find((entry) => entry.BrokerID === brokerId) : undefined;
    },
    statusOf: async (account, brokerId) => {
      const answer = await call(account, "Status", { BrokerID: brokerId });
      if (answer.Status === 404) return undefined;
      requireDone(answer);
      return "Response" in answer ? answer.Response.RequestStatus : undefined;
    },
    respond: async (account, brokerId, answer) => {
      const Response = { BrokerID: brokerId, RequestStatus: "REPLY", Response: answer } as const;
      return knownStatus((await call(account, "Respond", { Response })).Status);
    },
    refuse: async (account, brokerId) => {
      const Response = { BrokerID: brokerId, RequestStatus: "REFUSED" } as const;
      return knownStatus((await call(account, "Respond", { Response })).Status);
    },
    connect: async (account, DeviceName, DeviceProfile) => {
      const answer = await call(account, "Connect", { Account: account.account, DeviceName, DeviceProfile });
      requireDone(answer);
      return ("State" in answer ? answer.State : undefined) ?? "active";
    },
    policy: async (account, set) => {
      const change = set === undefined ? {} : { Set: set };
      const answer = await call(account, "Policy", { Responder: account.account, ...change });
      requireDone(answer);
      const policy = "Policy" in answer ? answer.Policy : undefined;
      if (policy === undefined) throw new ClientError("malformed", "The broker did not say what the policy is.");
      return policy;
    },
    devices: async (account, revoke) => {
      const more = revoke === undefined ? {} : { Revoke: revoke };
      const answer = await call(account, "Devices", { Responder: account.account, ...more });
      requireDone(answer);
      return "Devices" in answer ? (answer.Devices ?? []) : [];
    },
    endorsements: async (account) => {
      const answer = await call(account, "Profile", { Account: account.account });
      requireDone(answer);
      return "Endorsements" in answer ? (answer.Endorsements ?? []) : [];
    },
    vouchedKids: async (account, fromId) => {
      const answer = await call(account, "Profile", { Account: fromId });
      if (answer.Status === 404) return [];
      requireDone(answer);
      const kids: string[] = [];
      for (const profile of "Devices" in answer ? (answer.Devices ?? []) : []) {
        const opened = await openDeviceProfile(profile).catch(() => undefined);
        if (opened?.account === fromId) kids.push(opened.signingKey.kid);
      }
      return kids;
    },
  };
}

/** The broker's signed no. */
export function refusalOf({ Status, StatusDescription = "The broker refused.", DeviceState }: Outcome): ClientError {
  return new ClientError("refused", StatusDescription, undefined, Status, DeviceState);
}

function requireDone(answer: Answer<Transaction>): void {
  if (answer.Status < 300) return;
  throw refusalOf(answer);
}

/** A status that the design does not know is treated as the broker's failure. */
function knownStatus(status: number): Status {
  return (
    Object.keys(STATUS)
      .map(Number)
      .find((known): known is Status => known === status) ?? 500
  );
}
