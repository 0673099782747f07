/** The bank's file: on the disk before anybody sees it, one change after the other, and nothing that the bank did not write. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { firstState } from "../../../src/demo/bank/first-state.ts";
import { addPayee } from "../../../src/demo/bank/ledger.ts";
import { parseState, StateError, writeState } from "../../../src/demo/bank/parse-state.ts";
import { StateFile } from "../../../src/demo/bank/state-file.ts";
import { SOME_TIME } from "../../support/fake-clock.ts";

const first = firstState(SOME_TIME);
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ethel-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("StateFile", () => {
  it("has every change on the disk when it is made, and opens again with it", async () => {
    const path = join(folder, "bank.json");
    const file = await StateFile.open(path, () => first);
    const payees = Array.from({ length: 20 }, (_, index) => {
      return { id: `payee-${index}`, name: `Payee ${index}`, iban: "DE02120300000000202051", knownSince: null };
    });
    await Promise.all(payees.map((payee) => file.change((state) => addPayee(state, payee))));
    expect(parseState(await readFile(path, "utf8"))).toEqual(file.state);
    expect(file.state.payees.slice(first.payees.length)).toEqual(payees);
    expect((await StateFile.open(path, () => first)).state).toEqual(file.state);
    expect(await readdir(folder)).toEqual(["bank.json"]);
  });

  it("shows nothing of a change that could not be written", async () => {
    const path = join(folder, "gone", "bank.json");
    const file = await StateFile.open(path, () => first);
    await rm(join(folder, "gone"), { recursive: true });
    await expect(file.change((state) => ({ ...state, payees: [] }))).rejects.toThrow();
    expect(file.state).toEqual(first);
  });
});

describe("parseState", () => {
  it("reads what the bank wrote", () => {
    expect(parseState(writeState(first))).toEqual(first);
  });

  it.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["half a cent", writeState(first).replace('"cents": -1232', '"cents": -1232.5')],
    ["a missing list", JSON.stringify({ ...first, payments: undefined })],
    ["an unknown state of a payment", JSON.stringify({ ...first, payments: [{ state: { kind: "perhaps" } }] })],
  ])("refuses %s", async (_, text) => {
    expect(() => parseState(text)).toThrow(StateError);
    const path = join(folder, "bank.json");
    await writeFile(path, text);
    await expect(StateFile.open(path, () => first)).rejects.toThrow(StateError);
  });
});
