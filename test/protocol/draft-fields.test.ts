/** Every message, structure and field of both drafts has a definition here, also those that are only read. */
import { describe, expect, it } from "vitest";
import { FLAT_FORMS, MESSAGES, STRUCTURES } from "../../src/protocol/definitions.ts";
import { isJsonObject, type JsonObject, STATUS } from "../../src/protocol/index.ts";
import { readDraft, whyNoDraft } from "../support/vectors.ts";

/** Draft -01, whose text lost most of its names: as the reference implementation and the examples have them. */
const DRAFT_01: Readonly<Record<string, readonly string[]>> = {
  ConfirmResponse: ["Status", "StatusDescription"],
  AccountEntry: ["ResponderAccount", "RequestIDs", "ResponseIDs", "ArchivedIDs"],
  RequestEntry: ["EnquirerID", "BrokerID", "Request", "ResponderAccount", "Expire"],
  ResponseEntry: ["EnquirerID", "BrokerID", "RequestStatus", "Response"],
  TBSRequest: ["Text", "FromID", "ToID"],
  TBSResponse: ["SignedRequest", "Value"],
  Version: ["Major", "Minor", "Encodings", "URI"],
  Encoding: ["ID", "Dictionary"],
  HelloRequest: ["Service"],
  HelloResponse: ["Status", "StatusDescription", "Version", "Alternates"],
  EnquireRequest: ["Service", "Request"],
  EnquireResponse: ["Status", "StatusDescription", "BrokerID"],
  StatusRequest: ["Service", "Cancel", "BrokerID"],
  StatusResponse: ["Status", "StatusDescription", "Response"],
  PendingRequest: ["Service", "Responder", "BrokerID", "MaxResponse", "BeforeId", "AfterId"],
  PendingResponse: ["Status", "StatusDescription", "Entries"],
  RespondRequest: ["Service", "Response"],
  RespondResponse: ["Status", "StatusDescription"],
};

/** The members of a definition, inside its tag where it is a signed object. */
function membersOf(name: string): readonly string[] {
  const shape = { ...STRUCTURES, ...MESSAGES }[name]?.shape;
  const properties = (schema: JsonObject | undefined): JsonObject => {
    const found = schema?.["properties"];
    return found !== undefined && isJsonObject(found) ? found : {};
  };
  const outer = properties(shape?.schema);
  const tagged = outer[name];
  return Object.keys(tagged !== undefined && isJsonObject(tagged) ? properties(tagged) : outer);
}

describe("draft -01", () => {
  it.each(Object.entries(DRAFT_01))("%s has its fields", (name, fields) => {
    expect(membersOf(name)).toEqual(expect.arrayContaining([...fields]));
  });
});

describe("draft -00", () => {
  it("has a definition for each message, structure and field in its text", (context) => {
    const reason = whyNoDraft("00");
    if (reason !== undefined) context.skip(reason);
    const FLAT: Readonly<Record<string, string>> = { ...FLAT_FORMS, RequestEntry: "FlatRequestEntry" };
    let at = "";
    let fields = 0;
    for (const line of readDraft("00").split("\n")) {
      at = /^[\d.]+ (?:Message|Structure): (\w+)$/.exec(line)?.[1] ?? (/^[\d.]+ /.test(line) ? "" : at);
      const field = /^(\w+): \w+ (?:\(Optional\)|\[0\.\.Many\])$/.exec(line)?.[1];
      if (at === "" || field === undefined) continue;
      fields += 1;
      const name = FLAT[at] ?? at;
      // The base of all requests has no message of its own: its one member is in each of them.
      for (const one of name === "ConfirmRequest" ? requestsOfDraft00() : [name]) {
        expect(membersOf(one), `${one}.${field}`).toContain(field);
      }
    }
    expect(fields).toBe(31);
  });

  it("has a sentence for each status code in its text", (context) => {
    const reason = whyNoDraft("00");
    if (reason !== undefined) context.skip(reason);
    const codes = [...readDraft("00").matchAll(/^\[(\d{3})\] \w+$/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual([201, 201, 202, 303, 307, 401, 404, 409, 500, 503]);
    for (const code of codes) expect(Object.keys(STATUS)).toContain(String(code));
  });
});

function requestsOfDraft00(): readonly string[] {
  return ["HelloRequest", "FlatEnquireRequest", "StatusRequest", "PendingRequest", "FlatRespondRequest"];
}
