/**
 * One account's line to its broker: the push channel, with a poll behind it that an alarm starts every 30 seconds. Both
 * only bring entries in and carry answers out; what they mean is for the responder.
 */
import {
  backoffMs,
  ClientError,
  type Credentials,
  openPush,
  type PushChannel,
  refusalOf,
  whatAnswers,
} from "../../client/index.ts";
import type { RequestEntry } from "../../protocol/index.ts";
import {
  type AccountKey,
  deliverDue,
  expireDue,
  poll,
  receive,
  type ResponderPorts,
  roomFor,
  withdrawIfConfirmed,
} from "../../responder/index.ts";
import { keepAlive } from "../browser.ts";
import type { LineNews } from "../messages.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import { lineAfter, type LineView } from "./line-after.ts";

export interface Line {
  readonly view: () => LineView;
  readonly news: () => LineNews;
  /** Delivers what is due; where the push channel is down, polls and tries it again. */
  readonly check: () => Promise<void>;
  readonly close: () => void;
}

/** Asks the account's broker to block what the user wants blocked; as `deliverDue`. */
export type BlockTries = (account: AccountKey, backoff: (failures: number) => number) => Promise<number | undefined>;

const RETRY_LIMIT_MS = 30_000;
/** A user who has just connected a further device sits before it and waits. */
const PENDING_MS = 5000;

/**
 * Opens the line of an account.
 *
 * @param awaitedUntil - so long a pending device asks every few seconds whether it was let in. Milliseconds since 1970
 * @param changed - called after anything that a screen or the badge may show differently
 */
export function openLine(
  ports: ResponderPorts,
  account: AccountKey,
  awaitedUntil: number,
  who: () => Credentials,
  blockDue: BlockTries,
  changed: () => void,
): Line {
  let view: LineView = { state: "connecting", clockAhead: undefined };
  let news: LineNews = { contact: undefined, error: undefined };
  let retry: ReturnType<typeof setTimeout> | undefined;
  let asking: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let up = false;
  /** The broker may hold more than there was room for, in the inbox or in the storage. */
  let behind = false;

  const become = (next: LineView): void => {
    if (view.state === next.state && view.clockAhead === next.clockAhead) return;
    const wasPending = view.state === "pending";
    view = next;
    if (wasPending) channel.nudge();
    changed();
  };
  const fail = async (error: unknown): Promise<void> => {
    if (!(error instanceof ClientError)) {
      behind = true;
      return;
    }
    news = { ...news, error: [error.code, ...(error.status === undefined ? [] : [error.status])].join(" ") };
    become(await lineAfter(error, () => whatAnswers({ endpoint: account.broker, fetch })));
    clearTimeout(asking);
    if (view.state !== "pending" || closed || Date.now() > awaitedUntil) return;
    asking = setTimeout(() => void quietly(check()), PENDING_MS);
  };

  const deliver = oneAtATime(async () => {
    clearTimeout(retry);
    const backoff = (failures: number): number => backoffMs(failures, Math.random());
    const answers = await deliverDue(ports, account, backoff);
    changed();
    const blocks = await blockDue(account, backoff);
    changed();
    const next = Math.min(answers ?? Infinity, blocks ?? Infinity);
    if (next === Infinity || closed) return;
    // The alarm comes every 30 seconds in any case; a timer only makes the first tries quicker.
    const wait = Math.max(0, next - Date.now());
    if (wait < RETRY_LIMIT_MS) retry = setTimeout(() => void deliver().catch(() => undefined), wait + 50);
  });

  const pollOnce = oneAtATime(async () => {
    const wasBehind = behind;
    // Before it begins: what cannot be stored while it is under way is not in what it brings.
    behind = false;
    try {
      await poll(ports, account);
      news = { ...news, contact: Date.now() };
      behind ||= (await roomFor(ports, account)) <= 0;
      become({ state: "online", clockAhead: undefined });
    } catch (error) {
      behind ||= wasBehind;
      await fail(error);
    }
    await deliver();
  });

  const take = async (entry: RequestEntry): Promise<void> => {
    const stored = await receive(ports, account, entry);
    if (stored === undefined) behind ||= (await roomFor(ports, account)) <= 0;
    else if (stored.tell) deliver().catch(() => undefined);
  };

  /** Another key on the channel is an alarm, unless the call finds that the pinned one handed over. */
  const pollAfterWrongKey = async (message: string): Promise<void> => {
    const { kid } = who().service;
    await pollOnce();
    if (who().service.kid === kid) await fail(new ClientError("wrong_key", message));
  };

  const check = async (): Promise<void> => {
    await expireDue(ports, account).catch(fail);
    await deliver().catch(fail);
    if (up && !behind) return;
    if (view.state !== "pending") channel.nudge();
    await pollOnce();
  };

  const quietly = (work: Promise<unknown>): Promise<void> =>
    work
      .catch((error: unknown) => {
        behind ||= !(error instanceof ClientError);
      })
      .then(changed);
  const channel: PushChannel = openPush(
    {
      endpoint: account.broker,
      account: account.account,
      who,
      WebSocket,
      clock: Date.now,
      random: Math.random,
    },
    {
      onUp: () => {
        up = true;
        void quietly(pollOnce());
      },
      onDown: (why, message) => {
        up = false;
        void quietly(why === "wrong_key" ? pollAfterWrongKey(message) : pollOnce());
      },
      onRefused: (outcome) => void quietly(fail(refusalOf(outcome))),
      onPending: (entry) => quietly(take(entry)),
      onWithdrawn: (brokerId) => quietly(withdrawIfConfirmed(ports, account, brokerId)),
      onPing: () => void keepAlive(),
    },
  );

  return {
    view: () => view,
    news: () => news,
    check,
    close: () => {
      closed = true;
      clearTimeout(retry);
      clearTimeout(asking);
      channel.close();
    },
  };
}
