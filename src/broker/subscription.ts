/**
 * One subscribed push channel: brings what is pending and what comes, says what went. Frames are hints, and each reads
 * the store again where it may have missed something, so nothing here has to be exact, only never silent.
 */
import type { WebSocket } from "ws";
import type { RequestStatus } from "../protocol/index.ts";
import { POLICY_VIOLATION, sendFrame } from "./frames.ts";
import type { Service } from "./service.ts";
import { isPassing, type PendingRequest } from "./store/index.ts";
import { requestEntry } from "./transactions/entries.ts";
import { noteSeen, SEEN_MS } from "./transactions/require-device.ts";

export interface Subscriber {
  readonly account: string;
  readonly kid: string;
  /** Only what came after it is brought. */
  readonly after: number | undefined;
}

const PAGE = 50;
/** When the store cannot be read, the channel stays and looks again, at another moment than the others. */
const AGAIN_MS = 1000;

/** Starts the subscription; the function returned ends it. */
export function subscribe(socket: WebSocket, { account, kid, after }: Subscriber, service: Service): () => void {
  const { store, notices, clock, log } = service;
  const brought = new Set<string>();
  let looking = false;
  /** Counts what asked for a look, so that what asks during one is not missed. */
  let asked = 0;

  const send = (frame: object): Promise<void> => sendFrame(socket, JSON.stringify(frame), service.capacity.frames);
  const bring = (request: PendingRequest): Promise<void> => {
    if (brought.has(request.brokerId)) return Promise.resolve();
    brought.add(request.brokerId);
    return send({ Pending: requestEntry(request) });
  };
  const withdraw = (brokerId: string, state: RequestStatus): Promise<void> => {
    brought.delete(brokerId);
    return send({ Withdrawn: { BrokerID: brokerId, RequestStatus: state } });
  };

  /** Brings what is pending page by page, each taken by the socket before the next is read. */
  const bringAll = async (own: string | undefined): Promise<ReadonlySet<string>> => {
    const pending = new Set<string>();
    let from = after;
    for (;;) {
      const place = from === undefined ? {} : { after: from };
      const page = await store.pending({ account, now: clock(), limit: PAGE, ...place });
      for (const request of page) pending.add(request.brokerId);
      // What asks about this device itself is for the others.
      await Promise.all(page.filter(({ brokerId }) => brokerId !== own).map(bring));
      from = page.at(-1)?.sequence;
      if (page.length < PAGE || socket.readyState !== socket.OPEN) return pending;
    }
  };
  const look = async (): Promise<void> => {
    const device = await store.device(account, kid);
    if (device?.state !== "active") {
      socket.close(POLICY_VIOLATION, "This device is not active any more.");
      return;
    }
    await noteSeen(device, service);
    const before = [...brought];
    const pending = await bringAll(device.asked);
    for (const brokerId of before.filter((one) => brought.has(one) && !pending.has(one))) {
      await withdraw(brokerId, (await store.request(brokerId))?.state ?? "BCANCEL");
    }
  };
  const lookUntilDone = async (): Promise<void> => {
    for (let done = 0; done !== asked && socket.readyState === socket.OPEN;) {
      done = asked;
      await look();
    }
  };
  const changed = (): void => {
    asked += 1;
    if (looking) return;
    looking = true;
    lookUntilDone()
      .catch((error: unknown) => {
        if (isPassing(error)) {
          setTimeout(changed, AGAIN_MS * (1 + Math.random())).unref();
          return;
        }
        log.write({ event: "defect", where: "push", detail: error instanceof Error ? error.message : String(error) });
        socket.terminate();
      })
      .finally(() => {
        looking = false;
      });
  };

  const stop = notices.listen(account, {
    posted: (request, about) => void (about === kid || bring(request)),
    settled: ({ brokerId, state }) => void withdraw(brokerId, state),
    changed,
    crowded: () => socket.close(POLICY_VIOLATION, "The account has too many push channels."),
  });
  changed();
  // A quiet channel is a device that is there. Those that came at once do not all look at once.
  const seeing = setInterval(changed, SEEN_MS * (1 + Math.random())).unref();
  return () => {
    clearInterval(seeing);
    stop();
  };
}
