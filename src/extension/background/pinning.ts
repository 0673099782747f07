/** Pinning a sender: checked, and warned of where the name could be taken for one that the user knows; and keys that contradict a pin. */
import { parseAccount, ProtocolError } from "../../protocol/index.ts";
import type { SenderPins } from "../../responder/index.ts";
import { viewDomain } from "../../srml/index.ts";
import type { ClashView, PinFailure, RequestOf, ResponseOf } from "../messages.ts";
import { listPins, putPin } from "./pin-database.ts";
import type { SenderStore } from "./sender-database.ts";

type Response = ResponseOf<"options.addPin">;

export const FINGERPRINT = /^[A-Z2-7]{5}(?:-[A-Z2-7]{5}){5}$/;

function failed(failure: PinFailure, detail = ""): Response {
  return { ok: false, failure, detail };
}

/** Pins a sender. */
export async function addPin(
  database: IDBDatabase,
  pins: SenderPins,
  request: RequestOf<"options.addPin">,
): Promise<Response> {
  let fromId: string;
  try {
    fromId = parseAccount(request.fromId.trim()).id;
  } catch (error) {
    if (error instanceof ProtocolError) return failed("account");
    throw error;
  }
  const kid = request.kid.trim().toUpperCase();
  if (!FINGERPRINT.test(kid)) return failed("fingerprint");
  const { resembles, mixesScripts } = await domainOf(fromId, pins);
  if (resembles !== undefined && !request.anyway) return failed("resembles", resembles);
  if (mixesScripts && !request.anyway) return failed("mixes");
  const pin = { fromId, kid, checkedBy: request.checkedBy.trim().slice(0, 200), added: Date.now() };
  try {
    await putPin(database, pin, request.replaces);
  } catch {
    return failed("storage");
  }
  return { ok: true, pin };
}

async function domainOf(fromId: string, pins: SenderPins): Promise<ReturnType<typeof viewDomain>> {
  const known = (await pins.knownIds()).map((id) => parseAccount(id).domain);
  return viewDomain(parseAccount(fromId).domain, known);
}

/**
 * Notes that a key asked under a name with another pin: the settings show both, also when the request is over. False where
 * that was known.
 */
export function noteClash(
  senders: SenderStore,
  { fromId, kid }: { readonly fromId: string; readonly kid: string },
  asked: number,
): Promise<boolean> {
  return senders.change(kid, (sender) =>
    sender.fromId === fromId && (sender.clash?.asked ?? 0) >= asked
      ? undefined
      : { ...sender, fromId, clash: { asked, settled: false } },
  );
}

/** The pin stays as it is. */
export function keepPin(senders: SenderStore, kid: string): Promise<boolean> {
  return senders.change(kid, (sender) =>
    sender.clash === undefined ? undefined : { ...sender, clash: { ...sender.clash, settled: true } },
  );
}

/** The keys that asked under a name with another pin, newest first, which the user has not decided about. */
export async function listClashes(database: IDBDatabase, senders: SenderStore): Promise<readonly ClashView[]> {
  const pins = await listPins(database);
  const clashes: ClashView[] = [];
  for (const { kid, fromId, clash } of await senders.list()) {
    const named = pins.filter((pin) => pin.fromId === fromId);
    if (clash === undefined || clash.settled || named.length === 0 || named.some((pin) => pin.kid === kid)) continue;
    clashes.push({ fromId, kid, asked: clash.asked, inBackup: clash.inBackup === true, pins: named });
  }
  return clashes.sort((a, b) => b.asked - a.asked);
}
