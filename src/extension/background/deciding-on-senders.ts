/** What the background does when the user decides about a sender itself: block, mute, and the policy that all devices share. */
import { ClientError } from "../../client/index.ts";
import { parseTime, policyEntry, type AccountPolicy, type PolicySet, ProtocolError } from "../../protocol/index.ts";
import {
  type AccountKey,
  claimedName,
  refuseBlocked,
  type RequestRef,
  viewRequest,
  viewResult,
} from "../../responder/index.ts";
import type {
  EntryView,
  NamedKey,
  PolicyChange,
  PolicyFailure,
  PolicyView,
  RequestOf,
  ResponseOf,
  SettledView,
  WaitingBlock,
} from "../messages.ts";
import { blockOf, dropBlock, wantBlock } from "./blocking.ts";
import { PolicyFullError, withEntry } from "./policies.ts";
import type { BrowserResponder } from "./responder.ts";

/** What became of a request and of its sender; undefined while it is pending. */
export async function settledView(
  { ports, senders }: BrowserResponder,
  ref: RequestRef,
): Promise<SettledView | undefined> {
  const result = await viewResult(ports, ref);
  return result === undefined ? undefined : { result, block: await blockOf(senders, result) };
}

/** Wants the sender of a settled request blocked: of the request's own bytes, not of what the page says. */
export async function block(responder: BrowserResponder, ref: RequestRef): Promise<boolean> {
  const result = await viewResult(responder.ports, ref);
  if (result?.kid === undefined || !(await wantBlock(responder.senders, result, Date.now()))) return false;
  // The wish is kept; what cannot be stored of this now stays to be seen, and is answered by hand.
  await refuseBlocked(responder.ports, ref, result.kid).catch(() => undefined);
  void responder.check(ref).catch(() => undefined);
  return true;
}

/** Mutes the key of a pending request, or lets it be heard again. */
export async function mute({ ports, senders }: BrowserResponder, ref: RequestOf<"popup.mute">): Promise<boolean> {
  const entry = await ports.storage.get(ref, ref.digest);
  const view = entry?.state === "presented" ? await viewRequest(ports, entry) : undefined;
  if (view === undefined) return false;
  const { kid, fromId } = view.sender;
  return senders.change(kid, (sender) => ({ ...sender, fromId, muted: ref.muted ? Date.now() : undefined }));
}

/** Whom this device muted, and which blocks are not at the broker yet. */
export async function listSenders({ senders }: BrowserResponder): Promise<ResponseOf<"options.senders">> {
  const all = await senders.list();
  const muted: readonly NamedKey[] = all
    .filter((sender) => sender.muted !== undefined)
    .map(({ kid, fromId }) => ({ kid, fromId }));
  const waiting: readonly WaitingBlock[] = all.flatMap(({ kid, fromId, blocks }) =>
    blocks
      .filter(({ state }) => state !== "done")
      .map(({ account, broker, state }) => ({ kid, fromId, account, broker, state })),
  );
  return { muted, waiting };
}

/** Asks the account's broker for its policy, after a change where one is wanted. */
export async function policy(
  responder: BrowserResponder,
  { account, broker, change }: RequestOf<"options.policy">,
): Promise<ResponseOf<"options.policy">> {
  const at = { account, broker };
  const failed = (failure: PolicyFailure, detail = ""): ResponseOf<"options.policy"> => ({
    ok: false,
    failure,
    detail,
  });
  try {
    if (change?.act === "unblock") await dropBlock(responder.senders, at, change.entry);
    const now = change === null ? await responder.policies.read(at) : await changed(responder, at, change);
    return { ok: true, policy: await viewPolicy(responder, at, now) };
  } catch (error) {
    if (error instanceof PolicyFullError) return failed("full");
    if (error instanceof ProtocolError) return failed("entry");
    if (error instanceof ClientError) return failed(failureOf(error), error.message);
    throw error;
  }
}

function changed({ policies }: BrowserResponder, at: AccountKey, change: PolicyChange): Promise<AccountPolicy> {
  const isOnEverybody = change.act === "only" || change.act === "all";
  const entry = isOnEverybody ? "" : policyEntry(change.entry.trim());
  return policies.change(at, (policy) => setOf(change.act, entry, policy));
}

function setOf(act: PolicyChange["act"], entry: string, { Block, Allow }: AccountPolicy): PolicySet {
  switch (act) {
    case "block":
      return { Block: withEntry(Block, entry) };
    case "unblock":
      return { Block: Block.filter((one) => one !== entry) };
    case "allow":
      return { Allow: withEntry(Allow, entry) };
    case "disallow":
      return { Allow: Allow.filter((one) => one !== entry) };
    case "lift":
      return { Lift: [entry] };
    case "only":
      return { AllowOnly: true };
    case "all":
      return { AllowOnly: false };
  }
}

function failureOf({ code, status }: ClientError): PolicyFailure {
  switch (code) {
    case "clock":
      return "clock";
    case "wrong_key":
    case "not_signed":
      return "wrong_key";
    case "refused":
      return status === 403 ? "not_allowed" : "failed";
    case "malformed":
      return "failed";
    case "unreachable":
    case "timeout":
    case "aborted":
      return "unreachable";
  }
}

async function viewPolicy(
  { ports, senders }: BrowserResponder,
  at: AccountKey,
  { Block, Allow, AllowOnly, CoolDowns }: AccountPolicy,
): Promise<PolicyView> {
  const kept = new Map((await senders.list()).map(({ kid, fromId }) => [kid, fromId]));
  const named = async (entry: string): Promise<EntryView> => ({
    entry,
    fromId: kept.get(entry) ?? (await claimedName(ports, at, entry)) ?? "",
  });
  return {
    block: await Promise.all(Block.map(named)),
    allow: await Promise.all(Allow.map(named)),
    allowOnly: AllowOnly,
    coolDowns: await Promise.all(
      CoolDowns.map(async ({ Kid, Until }) => ({ ...(await named(Kid)), until: parseTime(Until) })),
    ),
  };
}
