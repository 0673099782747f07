/** Entries as text: what a broker or a sender can bring into the inbox can be read back, and what was damaged is noticed. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError, RequestEntry, scanJson } from "../../src/protocol/index.ts";
import {
  pendingEntries,
  readStoredEntry,
  receive,
  refusedResults,
  writeStoredEntry,
} from "../../src/responder/index.ts";
import { ACCOUNT, alice } from "../support/alice.ts";
import { foreignKey } from "../support/foreign-signer.ts";
import { foreignRequest, PLAIN_REQUEST, signedRequest } from "../support/signing.ts";

const SENDER = foreignKey();

/** Texts that try to get into a stored sentence, or to break it. */
const odd = fc.oneof(
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.constantFrom("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "alice@example.com", `a@${"b".repeat(200)}`),
  fc.string({ maxLength: 3000 }),
  fc.string({ unit: "binary" }).map((text) => `<srml><h1>${text}</h1></srml>`),
  fc.string({ unit: "binary" }).map((text) => `<${text}>`),
);
const body = fc.record(
  {
    Text: odd,
    FromID: fc.oneof(odd, fc.constant(PLAIN_REQUEST.FromID)),
    ToID: fc.oneof(odd, fc.constant(PLAIN_REQUEST.ToID)),
    EnquirerID: odd,
    Created: odd,
    Expire: odd,
    Match: odd,
  },
  { requiredKeys: [] },
);

describe("whatever a broker hands over", () => {
  it("can be read back, and does not stop the inbox", async () => {
    const who = await alice();
    await fc.assert(
      fc.asyncProperty(body, fc.boolean(), async (change, typed) => {
        const request = foreignRequest(SENDER, { ...PLAIN_REQUEST, ...change }, typed ? undefined : null);
        const sent = { Request: request, ResponderAccount: "alice@example.com", BrokerID: "RB" };
        const entry = RequestEntry.read(scanJson(JSON.stringify(sent), 1 << 20), "entry");
        await receive(who.ports, ACCOUNT, entry);
        await pendingEntries(who.ports, [ACCOUNT]);
        await refusedResults(who.ports, [ACCOUNT]);
        who.inbox.shelf.clear();
      }),
      { numRuns: 300 },
    );
  });
});

describe("a stored entry", () => {
  const written = async (): Promise<Record<string, unknown>> => {
    const who = await alice();
    const entry = await who.take(await signedRequest(who.bank));
    if (entry === undefined) throw new Error("It was not taken.");
    expect(readStoredEntry(writeStoredEntry(entry))).toEqual(entry);
    return JSON.parse(writeStoredEntry(entry)) as Record<string, unknown>;
  };

  it.each([
    ["cut off", (text: string) => text.slice(0, -1)],
    ["empty", () => ""],
    ["another object", () => "{}"],
    ["a list", () => "[]"],
    ["twice in one file", (text: string) => text + text],
  ])("that is %s is not read", async (_, damage) => {
    const text = JSON.stringify(await written());
    expect(() => readStoredEntry(damage(text))).toThrow(ProtocolError);
  });

  it.each([
    ["state", "approved"],
    ["digest", "short"],
    ["brokerId", "../../etc/passwd"],
    ["request", { payload: "AA", signatures: [] }],
    ["answer", { value: true }],
    ["received", "yesterday"],
    ["vouched", "yes"],
  ])("with a damaged %s is not read", async (name, value) => {
    const entry = await written();
    expect(() => readStoredEntry(JSON.stringify({ ...entry, [name]: value }))).toThrow(ProtocolError);
  });

  it("with a member twice is not read", async () => {
    const text = JSON.stringify(await written());
    expect(() => readStoredEntry(text.replace("{", '{"state":"answered",'))).toThrow(ProtocolError);
  });
});
