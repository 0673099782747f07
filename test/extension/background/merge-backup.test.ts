/** What a malicious backup cannot do: take the place of a pin, stand beside one, or write over an alarm. */
import { describe, expect, it } from "vitest";
import { type Kept, newOf, rowsOf } from "../../../src/extension/background/merge-backup.ts";
import type { StoredSender } from "../../../src/extension/background/sender-database.ts";
import type { PinView, Restoring } from "../../../src/extension/messages.ts";

const BANK = "payments@bank.example";
const SHOP = "shop@ethel.example";
const OURS = "MDDK7-N6A72-7AJZN-OSTRX-XKS7D-JAFXI";
const THEIRS = "MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL";
const NOW = 5000;

const pin = (fromId: string, kid: string, checkedBy = "by phone"): PinView => ({ fromId, kid, checkedBy, added: 1 });
const sender = (kid: string, more: Partial<StoredSender> = {}): StoredSender => ({
  ...{ kid, fromId: BANK, muted: undefined, clash: undefined, blocks: [] },
  ...more,
});
const HERE: Kept = { pins: [pin(BANK, OURS)], senders: [] };
const restoring = (more: Partial<Restoring>): Restoring => ({
  ...{ pins: [], muted: [], clashes: [], settings: null },
  ...more,
});

describe("what a backup adds", () => {
  it("is what is not here, each pin with when it was restored", () => {
    const shop = pin(SHOP, THEIRS, "on paper");
    expect(newOf(HERE, { pins: [pin(BANK, OURS), shop], muted: [] })).toEqual({ pins: [shop], clashes: [], muted: [] });
    expect(rowsOf(HERE, restoring({ pins: [pin(BANK, OURS, "not at all"), shop] }), NOW)).toEqual({
      pins: [{ ...shop, restored: NOW }],
      senders: [],
    });
  });

  it("is each key of a name that has none here: a name may have several", () => {
    const pins = [pin(SHOP, OURS), pin(SHOP, THEIRS)];
    expect(rowsOf(HERE, restoring({ pins }), NOW).pins.map(({ kid }) => kid)).toEqual([OURS, THEIRS]);
  });

  it("is the muting of keys, which keeps what is known of them", () => {
    const blocks: StoredSender["blocks"] = [
      { account: "a", broker: "b", digest: "c", state: "wanted", attempts: 0, nextAttempt: 0 },
    ];
    const kept = { pins: [], senders: [sender(OURS, { blocks }), sender(THEIRS, { muted: 7 })] };
    const muted = [OURS, THEIRS].map((kid) => ({ kid, fromId: SHOP }));
    expect(newOf(kept, { pins: [], muted }).muted).toEqual([{ kid: OURS, fromId: SHOP }]);
    expect(rowsOf(kept, restoring({ muted }), NOW).senders).toEqual([sender(OURS, { blocks, muted: NOW })]);
  });
});

describe("a pin that contradicts one of this device", () => {
  const clash = { asked: NOW, settled: false, inBackup: true } as const;

  it("is neither put in its place nor beside it, but shown to be compared", () => {
    expect(newOf(HERE, { pins: [pin(BANK, THEIRS)], muted: [] })).toMatchObject({
      pins: [],
      clashes: [{ fromId: BANK, kid: THEIRS }],
    });
    expect(rowsOf(HERE, restoring({ clashes: [pin(BANK, THEIRS)] }), NOW)).toEqual({
      pins: [],
      senders: [sender(THEIRS, { clash })],
    });
  });

  it("is so as well where the name was pinned only after the file was shown", () => {
    expect(rowsOf(HERE, restoring({ pins: [pin(BANK, THEIRS)] }), NOW)).toMatchObject({
      pins: [],
      senders: [{ kid: THEIRS, clash }],
    });
  });

  it("is not added where the pin was removed after the file was shown: it was not shown as added", () => {
    const rows = rowsOf({ pins: [], senders: [] }, restoring({ clashes: [pin(BANK, THEIRS)] }), NOW);
    expect(rows.pins).toEqual([]);
  });

  it("does not write over an alarm that a real request raised, but over one that is settled", () => {
    const alarm = sender(THEIRS, { clash: { asked: 9, settled: false } });
    const pins = [...HERE.pins, pin(SHOP, OURS)];
    const clashes = [pin(SHOP, THEIRS)];
    expect(rowsOf({ pins, senders: [alarm] }, restoring({ clashes }), NOW).senders).toEqual([]);
    const settled = sender(THEIRS, { clash: { asked: 9, settled: true } });
    expect(rowsOf({ pins, senders: [settled] }, restoring({ clashes }), NOW).senders).toEqual([
      sender(THEIRS, { fromId: SHOP, clash }),
    ]);
  });

  it("and a muting of the same key are both kept", () => {
    const key = pin(BANK, THEIRS);
    expect(rowsOf(HERE, restoring({ clashes: [key], muted: [key] }), NOW).senders).toEqual([
      sender(THEIRS, { muted: NOW, clash }),
    ]);
  });
});
