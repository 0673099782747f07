/** A backup is read back as it was written; a file that is anything else is refused whole. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Backup, readBackup, writeBackup } from "../../../src/extension/background/backup-form.ts";
import { SOME_TIME } from "../../support/fake-clock.ts";

const KID = "MDDK7-N6A72-7AJZN-OSTRX-XKS7D-JAFXI";
const OTHER = "MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL";
const BACKUP: Backup = {
  created: SOME_TIME,
  pins: [{ fromId: "payments@bank.example", kid: KID, checkedBy: "by phone", added: SOME_TIME }],
  muted: [{ fromId: "eve@shop.example", kid: OTHER }],
  settings: { theme: "dark", notifications: "pinned", history: "year" },
  accounts: [{ account: "alice@example.com", broker: "https://example.com/.well-known/confirm", deviceKid: OTHER }],
};

type Written = ReturnType<typeof writeBackup>;
const fileOf = (content: unknown): string => JSON.stringify({ Backup: content }, null, 2);
/** A file with one thing about it changed. */
const changed = (change: (content: Written) => object): string => fileOf(change(writeBackup(BACKUP)));
const pinned = (pin: object): string => changed((content) => ({ ...content, Pins: [{ ...content.Pins[0], ...pin }] }));

describe("a backup", () => {
  it("is read back as it was written", () => {
    expect(readBackup(fileOf(writeBackup(BACKUP)))).toEqual(BACKUP);
  });

  it("has the whole address of a broker, however long", () => {
    const accounts = BACKUP.accounts.map((one) => ({ ...one, broker: `https://example.com/${"a".repeat(480)}` }));
    expect(readBackup(fileOf(writeBackup({ ...BACKUP, accounts })))).toEqual({ ...BACKUP, accounts });
  });

  it("is not made where it could not be restored", () => {
    const pins = Array.from({ length: 501 }, (_, index) => ({
      ...{ fromId: `payments${index}@bank.example`, kid: KID, checkedBy: "", added: SOME_TIME },
    }));
    expect(() => writeBackup({ ...BACKUP, pins })).toThrow("more than a backup holds");
    expect(writeBackup({ ...BACKUP, pins: pins.slice(1) }).Pins).toHaveLength(500);
  });

  it("leaves out how a pin was checked where that could not be shown from a file", () => {
    const [pin] = BACKUP.pins;
    const written = writeBackup({ ...BACKUP, pins: pin === undefined ? [] : [{ ...pin, checkedBy: "\u202eenohp" }] });
    expect(readBackup(fileOf(written))).toMatchObject({ pins: [{ checkedBy: "" }] });
  });

  it("of a newer version is said to be that, whatever else is in it", () => {
    expect(readBackup(fileOf({ Version: 2, Everything: "new" }))).toBe("newer");
    expect(readBackup(fileOf({ ...writeBackup(BACKUP), Version: 9_999 }))).toBe("newer");
  });
});

describe("a file is refused whole", () => {
  it.each([
    ["no JSON", "PK"],
    ["empty", ""],
    ["a receipt", JSON.stringify({ Receipt: {} })],
    ["two objects", `${fileOf(writeBackup(BACKUP))}${fileOf(writeBackup(BACKUP))}`],
    ["larger than 256 KiB", fileOf(writeBackup(BACKUP)) + " ".repeat(256 * 1024)],
    ["nested deep", fileOf({ Version: 1, Pins: JSON.parse("[".repeat(20) + "]".repeat(20)) as unknown })],
    ["with a member twice", fileOf(writeBackup(BACKUP)).replace('"Muted"', '"Pins": [], "Muted"')],
    ["with a prototype", fileOf(writeBackup(BACKUP)).replace('"Muted"', '"__proto__": {}, "Muted"')],
    ["without a version", changed(({ Version: _, ...content }) => content)],
    ["of version 0", changed((content) => ({ ...content, Version: 0 }))],
    ["with a key", changed((content) => ({ ...content, Keys: [] }))],
    ["with a list missing", changed(({ Muted: _, ...content }) => content)],
    ["with another member in a pin", pinned({ Trust: "pinned" })],
    ["with its members turned round", changed(({ Version, ...content }) => ({ ...content, Version }))],
    [
      "with a setting in another case",
      changed((content) => ({ ...content, Settings: { ...content.Settings, Theme: "DARK" } })),
    ],
    [
      "with a setting that there is not",
      changed((content) => ({ ...content, Settings: { ...content.Settings, History: "ever" } })),
    ],
    ["with half a fingerprint", pinned({ Kid: "MDDK7-N6A72" })],
    ["with a fingerprint in small letters", pinned({ Kid: KID.toLowerCase() })],
    ["with a sender that is no account", pinned({ FromID: "The bank" })],
    ["with a sender in letters that look like others", pinned({ FromID: "payments@b\u0430nk.example" })],
    ["with a domain in capitals, which would not be found again", pinned({ FromID: "payments@Bank.example" })],
    ["with a word that turns the line round", pinned({ Checked: "\u202eenohp yb" })],
    ["with a day that there is not", pinned({ Added: "2026-02-31T00:00:00Z" })],
    ["with a pin twice", changed((content) => ({ ...content, Pins: [...content.Pins, ...content.Pins] }))],
    ["with a muted key twice", changed((content) => ({ ...content, Muted: [...content.Muted, ...content.Muted] }))],
    [
      "with an address that turns the line round",
      changed((content) => ({
        ...content,
        Accounts: [{ ...content.Accounts[0], Broker: "https://\u202e" }],
      })),
    ],
    ["with more pins than anybody has", changed((content) => ({ ...content, Pins: Array(501).fill(content.Pins[0]) }))],
  ])("that is %s", (_, file) => {
    expect(readBackup(file)).toBe("malformed");
  });

  it("or read, and never anything between", () => {
    const good = fileOf(writeBackup(BACKUP));
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(8), fc.string({ unit: "binary", maxLength: 8 }), (at, gone, text) => {
        const read = readBackup(good.slice(0, at) + text + good.slice(at + gone));
        if (typeof read === "string") expect(read).toBe("malformed");
        else expect(readBackup(fileOf(writeBackup(read)))).toEqual(read);
      }),
      { numRuns: 300 },
    );
  });
});
