/**
 * One account's line to its broker: the push channel, with a poll behind it that an alarm starts every 30 seconds. Both
 * only bring entries in and carry answers out; what they mean is for the responder.
 */
import { backoffMs, ClientError, type Credentials, openPush, type PushChannel } from "../../client/index.ts";
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
import type { LineState } from "../messages.ts";
import { oneAtATime } from "../one-at-a-time.ts";

export interface LineView {
  readonly state: LineState;
  readonly clockAhead: number | undefined;
}

export interface Line {
  readonly view: () => LineView;
  /** Delivers what is due; where the push channel is down, polls and tries it again. */
  readonly check: () => Promise<void>;
  readonly close: () => void;
}

const RETRY_LIMIT_MS = 30_000;
/** Statuses that say that the device is none of this account; others say that the broker cannot now. */
const NOT_A_DEVICE: ReadonlySet<number | undefined> = new Set([401, 403, 404]);

/**
 * Opens the line of an account.
 *
 * @param changed - called after anything that a screen or the badge may show differently
 */
export function openLine(
  ports: ResponderPorts,
  account: AccountKey,
  who: () => Credentials,
  changed: () => void,
): Line {
  let view: LineView = { state: "connecting", clockAhead: undefined };
  let retry: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let up = false;
  /** The broker may hold more than there was room for. */
  let behind = false;

  const become = (state: LineState, clockAhead?: number): void => {
    if (view.state === state && view.clockAhead === clockAhead) return;
    view = { state, clockAhead };
    changed();
  };
  const fail = (error: unknown): void => {
    if (!(error instanceof ClientError)) throw error;
    if (error.code === "clock") become("clock", error.aheadSeconds);
    else if (error.code === "wrong_key") become("wrong_key");
    else if (error.code === "refused" && NOT_A_DEVICE.has(error.status)) become("not_authorised");
    else become("offline");
  };

  const deliver = oneAtATime(async () => {
    clearTimeout(retry);
    const next = await deliverDue(ports, account, (failures) => backoffMs(failures, Math.random()));
    changed();
    if (next === undefined || closed) return;
    // The alarm comes every 30 seconds in any case; a timer only makes the first tries quicker.
    const wait = Math.max(0, next - Date.now());
    if (wait < RETRY_LIMIT_MS) retry = setTimeout(() => void deliver().catch(() => undefined), wait + 50);
  });

  const pollOnce = oneAtATime(async () => {
    try {
      await poll(ports, account);
      behind = (await roomFor(ports, account)) <= 0;
      become("online");
    } catch (error) {
      fail(error);
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
    if (who().service.kid === kid) fail(new ClientError("wrong_key", message));
  };

  const check = async (): Promise<void> => {
    await expireDue(ports, account);
    await deliver();
    if (up && !behind) return;
    channel.nudge();
    await pollOnce();
  };

  const quietly = (work: Promise<unknown>): Promise<void> => work.then(changed, changed);
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
      onRefused: () => become("not_authorised"),
      onPending: (entry) => quietly(take(entry)),
      onWithdrawn: (brokerId) => quietly(withdrawIfConfirmed(ports, account, brokerId)),
      onPing: () => void keepAlive(),
    },
  );

  return {
    view: () => view,
    check,
    close: () => {
      closed = true;
      clearTimeout(retry);
      channel.close();
    },
  };
}
