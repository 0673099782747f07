/**
 * Blocking a sender: the wish is stored, and the account's broker is asked to put the key on its list, again and again until
 * it has, or says for good that it will not. Identity in a policy is the key (design §8); a name is only a claim.
 */
import { ClientError } from "../../client/index.ts";
import type { AccountKey, ResultView } from "../../responder/index.ts";
import type { BlockState } from "../messages.ts";
import { type Policies, PolicyFullError, withEntry } from "./policies.ts";
import type { SenderStore, StoredSender, WantedBlock } from "./sender-database.ts";

/** A settled request, for whose key a block can be wanted. */
type Asked = Pick<ResultView, "account" | "broker" | "digest" | "fromId" | "kid" | "endorses">;

const isAt = (one: AccountKey, other: AccountKey): boolean =>
  one.account === other.account && one.broker === other.broker;

/** Whether the broker is still to be asked. */
export const isOpen = ({ state }: WantedBlock): boolean => state === "wanted" || state === "retried";

const others = ({ blocks }: StoredSender, account: AccountKey): readonly WantedBlock[] =>
  blocks.filter((block) => !isAt(block, account));

/** Stores that the key of this request is to be blocked at the account's broker; false where its key is not known. */
export async function wantBlock(senders: SenderStore, asked: Asked, now: number): Promise<boolean> {
  const { account, broker, digest, fromId, kid } = asked;
  if (kid === undefined || asked.endorses) return false;
  const block: WantedBlock = { account, broker, digest, state: "wanted", attempts: 0, nextAttempt: now };
  return senders.change(kid, (sender) => ({ ...sender, fromId, blocks: [...others(sender, asked), block] }));
}

/** Forgets that a key was to be blocked at an account's broker. */
export function dropBlock(senders: SenderStore, account: AccountKey, kid: string): Promise<boolean> {
  return senders.change(kid, (sender) => {
    const blocks = others(sender, account);
    return blocks.length === sender.blocks.length ? undefined : { ...sender, blocks };
  });
}

/** How the block stands that was wanted on this request's screen; `offered` where none was, undefined where none can be. */
export async function blockOf(senders: SenderStore, asked: Asked): Promise<BlockState | "offered" | undefined> {
  // Who asks about a new device is the broker itself.
  if (asked.kid === undefined || asked.endorses) return undefined;
  const sender = (await senders.list()).find(({ kid }) => kid === asked.kid);
  return sender?.blocks.find((block) => isAt(block, asked) && block.digest === asked.digest)?.state ?? "offered";
}

/**
 * Tries the blocks of an account that are due.
 *
 * @param backoff - milliseconds until the next try after so many failures
 * @returns when the next try is due, in milliseconds since 1970, or undefined where nothing waits
 */
export async function blockDue(
  {
    senders,
    policies,
    clock,
    refuse,
  }: {
    readonly senders: SenderStore;
    readonly policies: Policies;
    readonly clock: () => number;
    /** Shows no more of what waits of a key; what came in before the broker knew is meant. */
    readonly refuse: (account: AccountKey, kid: string) => Promise<void>;
  },
  account: AccountKey,
  backoff: (failures: number) => number,
): Promise<number | undefined> {
  let next: number | undefined;
  for (const { kid, blocks } of await senders.list()) {
    let block = blocks.find((one) => isAt(one, account) && isOpen(one));
    if (block === undefined) continue;
    if (block.nextAttempt <= clock()) {
      const state = await blockAt(policies, account, kid);
      if (state === "done") await refuse(account, kid);
      const attempts = block.attempts + 1;
      const tried: WantedBlock = { ...block, state, attempts, nextAttempt: clock() + backoff(attempts) };
      const { digest } = block;
      block = tried;
      // What was taken back, or wanted anew, while the broker was asked stays as the user left it.
      await senders.change(kid, (sender) =>
        sender.blocks.some((one) => isAt(one, account) && one.digest === digest && isOpen(one))
          ? { ...sender, blocks: [...others(sender, account), tried] }
          : undefined,
      );
    }
    if (isOpen(block)) next = Math.min(next ?? block.nextAttempt, block.nextAttempt);
  }
  return next;
}

/** Asks the broker once. */
async function blockAt(policies: Policies, account: AccountKey, kid: string): Promise<BlockState> {
  try {
    const { Block } = await policies.change(account, (now) =>
      now.Block.includes(kid) ? undefined : { Block: withEntry(now.Block, kid) },
    );
    return Block.includes(kid) ? "done" : "retried";
  } catch (error) {
    if (error instanceof PolicyFullError) return "full";
    if (!(error instanceof ClientError)) throw error;
    const isFinal = error.code === "refused" && [400, 403, 404].includes(error.status ?? 0);
    return isFinal ? "not_allowed" : "retried";
  }
}
