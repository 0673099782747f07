/** A block is a stored wish: the broker is asked until its own policy has the key, or it says for good that it will not. */
import { describe, expect, it } from "vitest";
import { ClientError } from "../../../src/client/index.ts";
import { blockDue, blockOf, dropBlock, wantBlock } from "../../../src/extension/background/blocking.ts";
import { policiesOf } from "../../../src/extension/background/policies.ts";
import type { SenderStore, StoredSender } from "../../../src/extension/background/sender-database.ts";
import type { AccountPolicy, PolicySet } from "../../../src/protocol/index.ts";
import type { ResultView } from "../../../src/responder/index.ts";
import { ACCOUNT } from "../../support/alice.ts";
import { fakeClock, SECOND } from "../../support/fake-clock.ts";
import { ALICE, BANK } from "../../support/signing.ts";

const KID = "MDDK7-N6A72-7AJZN-OSTRX-XKS7D-JAFXI";
const OTHER = "MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL";
const ASKED = { ...ACCOUNT, id: "RBA", digest: "D1", heading: "Pay", fromId: BANK, kid: KID, endorses: false };
const RESULT: ResultView = { ...ASKED, kind: "expired" };
const doubling = (failures: number): number => SECOND * 2 ** (failures - 1);

function world() {
  const kept = new Map<string, StoredSender>();
  const senders: SenderStore = {
    list: () => Promise.resolve([...kept.values()]),
    change: (kid, to) => {
      const next = to(kept.get(kid) ?? { kid, fromId: "", muted: undefined, clash: undefined, blocks: [] });
      if (next !== undefined) kept.set(kid, next);
      return Promise.resolve(next !== undefined);
    },
  };
  const broker = {
    block: [] as string[],
    /** Thrown at the next calls. */
    failures: [] as ClientError[],
    sets: 0,
    meanwhile: (): Promise<unknown> => Promise.resolve(),
    policy: async (_: unknown, set?: PolicySet): Promise<AccountPolicy> => {
      await broker.meanwhile();
      const failure = broker.failures.shift();
      if (failure !== undefined) throw failure;
      if (set !== undefined) broker.sets += 1;
      if (set?.Block !== undefined) broker.block = [...set.Block];
      return { Account: ALICE, Block: broker.block, Allow: [], AllowOnly: false, CoolDowns: [] };
    },
  };
  const clock = fakeClock();
  const refused: string[] = [];
  const refuse = (_: unknown, kid: string): Promise<void> => {
    refused.push(kid);
    return Promise.resolve();
  };
  const due = () => blockDue({ senders, policies: policiesOf(broker), clock: clock.read, refuse }, ACCOUNT, doubling);
  const want = () => wantBlock(senders, RESULT, clock.read());
  return { senders, broker, clock, refused, due, want, state: () => blockOf(senders, RESULT) };
}

const down = (): ClientError => new ClientError("unreachable", "down");

describe("a block", () => {
  it("adds the key to what the broker has, and is done when the broker's policy has it", async () => {
    const { broker, due, want, state } = world();
    broker.block.push(OTHER);
    expect(await state()).toBe("offered");
    expect(await want()).toBe(true);
    expect(await state()).toBe("wanted");
    expect(await due()).toBeUndefined();
    expect(broker.block).toEqual([OTHER, KID]);
    expect(await state()).toBe("done");
    await due();
    expect(broker.sets).toBe(1);
  });

  it("is tried again at the times of the backoff until the broker answers", async () => {
    const { broker, clock, refused, due, want, state } = world();
    broker.failures.push(
      down(),
      new ClientError("refused", "busy", { status: 503 }),
      new ClientError("wrong_key", "who?"),
    );
    await want();
    for (const wait of [1, 2, 4]) {
      expect(await due()).toBe(clock.read() + wait * SECOND);
      expect(await state()).toBe("retried");
      clock.pass(wait * SECOND - 1);
      await due();
      clock.pass(1);
    }
    expect(broker.block).toEqual([]);
    expect(refused).toEqual([]);
    expect(await due()).toBeUndefined();
    expect(broker.block).toEqual([KID]);
    // What came in before the broker knew goes, too.
    expect(refused).toEqual([KID]);
  });

  it("ends with the reason where the broker says no, or its list is full", async () => {
    const refused = world();
    refused.broker.failures.push(new ClientError("refused", "no", { status: 403 }));
    await refused.want();
    expect(await refused.due()).toBeUndefined();
    expect(await refused.state()).toBe("not_allowed");
    const full = world();
    full.broker.block = Array.from({ length: 100 }, (_, at) => `d${at}.example`);
    await full.want();
    expect(await full.due()).toBeUndefined();
    expect(await full.state()).toBe("full");
    expect(full.broker.block).toHaveLength(100);
    // Wanted once more, it is tried once more.
    full.broker.block.pop();
    await full.want();
    await full.due();
    expect(await full.state()).toBe("done");
  });

  it("that was taken back while the broker was asked is not put back", async () => {
    const { broker, due, want, senders, state } = world();
    await want();
    broker.failures.push(down());
    broker.meanwhile = () => dropBlock(senders, ACCOUNT, KID);
    await due();
    expect(await state()).toBe("offered");
  });

  it("is another one at another request of the key, at another broker, and never the broker's own", async () => {
    const { senders, due, want } = world();
    await want();
    await due();
    expect(await blockOf(senders, { ...RESULT, digest: "D2" })).toBe("offered");
    expect(await blockOf(senders, { ...RESULT, broker: "https://example.net/" })).toBe("offered");
    expect(await blockOf(senders, { ...RESULT, endorses: true })).toBeUndefined();
    expect(await wantBlock(senders, { ...RESULT, endorses: true }, 0)).toBe(false);
    expect(await wantBlock(senders, { ...RESULT, kid: undefined }, 0)).toBe(false);
  });
});

describe("two changes of one policy", () => {
  it("are made one after the other, so that neither undoes the other", async () => {
    const { broker } = world();
    const policies = policiesOf(broker);
    const add = (entry: string) => policies.change(ACCOUNT, ({ Block }) => ({ Block: [...Block, entry] }));
    await Promise.all([add("a.example"), add("b.example"), add("c.example")]);
    expect(broker.block).toEqual(["a.example", "b.example", "c.example"]);
  });
});
