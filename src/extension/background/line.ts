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
  withdrawIfConfirmed,
} from "../../responder/index.ts";
import { keepAlive } from "../browser.ts";
import type { LineState } from "../messages.ts";

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

  const become = (state: LineState, clockAhead?: number): void => {
    if (view.state === state && view.clockAhead === clockAhead) return;
    view = { state, clockAhead };
    changed();
  };
  const fail = (error: unknown): void => {
    if (!(error instanceof ClientError)) throw error;
    if (error.code === "clock") become("clock", error.aheadSeconds);
    else if (error.code === "wrong_key") become("wrong_key");
    else if (error.code === "refused") become("not_authorised");
    else become("offline");
  };

  const deliver = async (): Promise<void> => {
    clearTimeout(retry);
    const next = await deliverDue(ports, account, (failures) => backoffMs(failures, Math.random()));
    changed();
    if (next === undefined || closed) return;
    // The alarm comes every 30 seconds in any case; a timer only makes the first tries quicker.
    const wait = Math.max(0, next - Date.now());
    if (wait < RETRY_LIMIT_MS) retry = setTimeout(() => void deliver().catch(() => undefined), wait + 50);
  };

  const pollOnce = async (): Promise<void> => {
    try {
      await poll(ports, account);
      become("online");
    } catch (error) {
      fail(error);
    }
    await deliver();
  };

  const take = async (entry: RequestEntry): Promise<void> => {
    if ((await receive(ports, account, entry))?.tell === true) await deliver();
  };

  /** Another key on the channel is an alarm, unless the call finds that the pinned one handed over. */
  const pollAfterWrongKey = async (message: string): Promise<void> => {
    const { kid } = who().service;
    await pollOnce();
    if (who().service.kid === kid) fail(new ClientError("wrong_key", message));
  };

  const check = async (): Promise<void> => {
    await expireDue(ports, account);
    if (up) return deliver();
    channel.nudge();
    return pollOnce();
  };

  const inBackground = (work: Promise<unknown>): void => {
    work.catch(() => undefined).finally(changed);
  };
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
        inBackground(pollOnce());
      },
      onDown: (why, message) => {
        up = false;
        inBackground(why === "wrong_key" ? pollAfterWrongKey(message) : pollOnce());
      },
      onRefused: () => become("not_authorised"),
      onPending: (entry) => inBackground(take(entry)),
      onWithdrawn: (brokerId) => inBackground(withdrawIfConfirmed(ports, account, brokerId)),
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
