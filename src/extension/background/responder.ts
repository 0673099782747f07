/** The responder of this browser: the database behind its ports, a line to the broker of each account. */
import { type Credentials, type DeviceLine, deviceLine } from "../../client/index.ts";
import {
  type DecryptionKey,
  decryptionKeyOf,
  importPresenceKey,
  importPublicKey,
  type SigningKey,
  signingKeyOf,
} from "../../crypto/index.ts";
import { LIMITS } from "../../protocol/index.ts";
import {
  type AccountKey,
  outlived,
  type PresenceSetting,
  refuseBlocked,
  type ResponderPorts,
} from "../../responder/index.ts";
import { canAskPresence } from "../browser.ts";
import type { AccountView, LineNews } from "../messages.ts";
import {
  addAccount,
  listAccounts,
  removeAccount,
  changeAccount,
  type StoredAccount,
  type StoredPresence,
} from "./account-database.ts";
import { blockDue } from "./blocking.ts";
import { openDatabase } from "./database.ts";
import { historyKept } from "./history-setting.ts";
import { type InboxDatabase, inboxDatabase } from "./inbox-database.ts";
import { type BlockTries, type Line, openLine } from "./line.ts";
import { senderPins } from "./pin-database.ts";
import { type Policies, policiesOf } from "./policies.ts";
import { senderDatabase, type SenderStore } from "./sender-database.ts";
import { type AskedDomains, senderDomains } from "./sender-domains.ts";

interface Member {
  readonly stored: StoredAccount;
  readonly who: Credentials;
  readonly opens: DecryptionKey;
  readonly presence: PresenceSetting | undefined;
  readonly line: Line;
}

export interface BrowserResponder {
  readonly database: IDBDatabase;
  readonly ports: ResponderPorts;
  readonly broker: DeviceLine;
  readonly inbox: InboxDatabase;
  readonly domains: AskedDomains;
  readonly senders: SenderStore;
  readonly policies: Policies;
  readonly accounts: () => readonly AccountKey[];
  readonly views: () => readonly AccountView[];
  readonly newsOf: (account: AccountKey) => LineNews;
  /** Keeps an account and opens its line; false where it is there already. */
  readonly add: (account: StoredAccount) => Promise<boolean>;
  readonly remove: (account: AccountKey) => Promise<boolean>;
  /** The user knows that the broker has another key. */
  readonly noteSeen: (account: AccountKey) => Promise<boolean>;
  /** An account with its keys. @throws Error where there is none */
  readonly member: (account: AccountKey) => Pick<Member, "stored" | "who">;
  /** Keeps what asks the user for a fingerprint or PIN; false where the account is gone. */
  readonly setPresence: (account: AccountKey, presence: StoredPresence) => Promise<boolean>;
  /** Polls and delivers, for every account. */
  readonly checkAll: () => Promise<void>;
  /** The same for one account, as soon as an answer was signed. */
  readonly check: (account: AccountKey) => Promise<void>;
}

const CLOSED: Line = {
  view: () => ({ state: "connecting", clockAhead: undefined }),
  news: () => ({ contact: undefined, error: undefined }),
  check: () => Promise.resolve(),
  close: () => undefined,
};

const nameOf = ({ account, broker }: AccountKey): string => `${account} ${broker}`;

/** Opens the database and a line for each account in it. `changed` is called whenever a screen may show something else. */
export async function openResponder(changed: () => void): Promise<BrowserResponder> {
  const database = await openDatabase();
  const members = new Map<string, Member>();
  const memberOf = (account: AccountKey): Member => {
    const member = members.get(nameOf(account));
    if (member === undefined) throw new Error("There is no such account.");
    return member;
  };
  const change = async (account: AccountKey, changes: Parameters<typeof changeAccount>[2]): Promise<boolean> => {
    const isKept = await changeAccount(database, account, changes);
    const member = memberOf(account);
    members.set(nameOf(account), { ...member, stored: { ...member.stored, ...changes } });
    return isKept;
  };
  const broker = deviceLine({
    credentials: (account) => Promise.resolve(memberOf(account).who),
    adopt: async (account, service) => {
      const { stored, who } = memberOf(account);
      // Of two that follow each other unseen, the user knows the first.
      const former = stored.followed?.former ?? who.service.kid;
      await change(account, { service: service.jwk, followed: { former, at: Date.now() } });
      members.set(nameOf(account), { ...memberOf(account), who: { ...who, service } });
      changed();
    },
    fetch: (input, init) => fetch(input, init),
    clock: Date.now,
  });
  const domains = senderDomains(database, changed);
  const senders = senderDatabase(database);
  const policies = policiesOf(broker);
  const inbox = inboxDatabase(database);
  const ports: ResponderPorts = {
    storage: inbox,
    keys: {
      signingKey: (account): Promise<SigningKey> => Promise.resolve(memberOf(account).who.key),
      serviceKid: (account) => Promise.resolve(memberOf(account).who.service.kid),
      decryptionKey: (account) => Promise.resolve(memberOf(account).opens),
    },
    broker,
    pins: senderPins(database),
    domains,
    clock: Date.now,
    ...(canAskPresence() ? { presence: (account) => Promise.resolve(memberOf(account).presence) } : {}),
    mutedKids: async () => {
      const muted = (await senders.list()).filter((sender) => sender.muted !== undefined);
      return new Set(muted.map(({ kid }) => kid));
    },
  };
  const refuse = (account: AccountKey, kid: string): Promise<void> => refuseBlocked(ports, account, kid);
  const block: BlockTries = (account, backoff) =>
    blockDue({ senders, policies, clock: Date.now, refuse }, account, backoff);
  const open = async (stored: StoredAccount): Promise<void> => {
    const key = await signingKeyOf(stored.signing);
    const who = { key, service: await importPublicKey(stored.service) };
    const opens = await decryptionKeyOf(stored.encryption);
    const account = { account: stored.account, broker: stored.broker };
    // The line asks for its member as soon as it opens, so the member is there first, with a line that is not open yet.
    members.set(nameOf(account), { stored, who, opens, presence: await presenceOf(stored), line: CLOSED });
    members.set(nameOf(account), {
      ...memberOf(account),
      line: openLine(ports, account, stored.added + LIMITS.endorseMs, () => memberOf(account).who, block, changed),
    });
  };
  for (const stored of await listAccounts(database)) await open(stored);

  return {
    database,
    ports,
    broker,
    inbox,
    domains,
    senders,
    policies,
    accounts: () => [...members.values()].map(({ stored: { account, broker } }) => ({ account, broker })),
    views: () => [...members.values()].map(viewOf),
    newsOf: (account) => memberOf(account).line.news(),
    add: async (stored) => {
      if (!(await addAccount(database, stored))) return false;
      await open(stored);
      changed();
      return true;
    },
    remove: async (account) => {
      members.get(nameOf(account))?.line.close();
      members.delete(nameOf(account));
      const removed = await removeAccount(database, account);
      changed();
      return removed;
    },
    noteSeen: (account) => change(account, { followed: undefined }),
    member: memberOf,
    setPresence: async (account, stored) => {
      const isKept = await change(account, { presence: stored });
      members.set(nameOf(account), { ...memberOf(account), presence: await presenceOf({ presence: stored }) });
      changed();
      return isKept;
    },
    checkAll: async () => {
      await Promise.all([...members.values()].map(({ line }) => line.check().catch(() => undefined)));
      const keep = await historyKept();
      for (const { stored } of members.values()) {
        await inbox.forget(stored, (ended) => outlived(ended, keep, Date.now())).catch(() => undefined);
      }
    },
    check: (account) => members.get(nameOf(account))?.line.check() ?? Promise.resolve(),
  };
}

async function presenceOf({ presence }: Pick<StoredAccount, "presence">): Promise<PresenceSetting | undefined> {
  return presence === undefined ? undefined : { key: await importPresenceKey(presence.key), always: presence.always };
}

function viewOf({ stored, who, presence, line }: Member): AccountView {
  const { state, clockAhead } = line.view();
  return {
    account: stored.account,
    broker: stored.broker,
    line: state,
    clockAhead,
    deviceName: stored.deviceName,
    deviceKid: who.key.kid,
    serviceKid: who.service.kid,
    followed: stored.followed,
    presence:
      presence === undefined
        ? undefined
        : { kid: presence.key.key.kid, always: presence.always, waits: stored.presence?.waits === true },
  };
}
