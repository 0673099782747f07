/** What happens to the drafts' own examples: their text is damaged and their signatures follow a rule of their own. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importPublicKey } from "../../src/crypto/index.ts";
import type { JsonObject } from "../../src/protocol/index.ts";
import { messageOf, sendHttp, startTestBroker, type TestBroker } from "../support/broker.ts";
import { readDraft, readVectors, whyNoDraft, whyNoVectors } from "../support/vectors.ts";

let broker: TestBroker;
beforeAll(async () => {
  broker = await startTestBroker();
  await broker.connect("bob@example.com");
});
afterAll(() => broker.stop());

interface Answered {
  readonly http: number;
  readonly tag: string;
  readonly status: number;
  readonly sentence: string;
}

async function post(body: string): Promise<Answered> {
  const answer = await sendHttp(broker.endpoint, { body });
  const { tag, status, sentence } = messageOf(answer.json);
  return { http: answer.status, tag, status, sentence };
}

/** The bodies of requests in a draft's text, by their tag. */
function examples(draft: "00" | "01"): ReadonlyMap<string, string> {
  const found = readDraft(draft).matchAll(/^\{\s*\n\s*"(\w+Request)": [^]*?\}\n(?:```)?\n/gm);
  return new Map([...found].map(([text, tag = ""]) => [tag, text.replace("```", "")]));
}

describe("an example that is posted as it is printed", () => {
  it("in draft -00 lacks all that it should say, but for Hello, which works", async (context) => {
    const reason = whyNoDraft("00");
    if (reason !== undefined) context.skip(reason);
    const bodies = examples("00");
    expect([...bodies.keys()]).toEqual([
      ...["HelloRequest", "EnquireRequest", "PendingRequest", "RespondRequest", "StatusRequest"],
    ]);
    for (const [tag, body] of bodies) {
      const answer = await post(body);
      const expected =
        tag === "HelloRequest"
          ? { status: 201 }
          : { status: 400, sentence: expect.stringMatching(/is missing/) as string };
      expect(answer).toMatchObject({ http: 200, tag: tag.replace("Request", "Response"), ...expected });
    }
  });

  it("in draft -01 is not JSON, because its braces and its line feeds are wrong", async (context) => {
    const reason = whyNoDraft("01");
    if (reason !== undefined) context.skip(reason);
    const bodies = examples("01");
    expect([...bodies.keys()]).toEqual(["EnquireRequest", "StatusRequest", "PendingRequest", "RespondRequest"]);
    for (const body of bodies.values()) {
      expect(await post(body)).toMatchObject({
        http: 400,
        tag: "ConfirmResponse",
        status: 400,
        sentence: expect.stringMatching(/JSON/) as string,
      });
    }
  });
});

interface Signed {
  readonly kid: string;
  readonly payload: string;
  readonly protected: string;
  readonly signature: string;
}

describe("the request of the drafts, repaired", () => {
  /** Posts it in the form of each draft. */
  async function ask({ kid, payload, protected: head, signature }: Signed): Promise<readonly Answered[]> {
    const Request = { payload, signatures: [{ header: { kid }, protected: head, signature }] };
    const forms = [
      { EnquireRequest: { Request: { Request, ResponderAccount: "bob@example.com" } } },
      { EnquireRequest: { Request, Responder: "bob@example.com" } },
    ];
    return Promise.all(forms.map((form) => post(JSON.stringify(form))));
  }
  const refused = { http: 200, tag: "EnquireResponse", status: 400, sentence: expect.stringMatching(/\.$/) as string };

  it("does not verify, also where its key is held: it is signed by the rule of 2017", async (context) => {
    const reason = whyNoVectors("mesh-2017/jws.json");
    if (reason !== undefined) context.skip(reason);
    const [request] = readVectors("mesh-2017/jws.json") as readonly Signed[];
    const keys = readVectors("mesh-2017/rsa-keys.json") as readonly { kid: string; n: string; e: string }[];
    const key = keys.find(({ kid }) => kid === request?.kid);
    if (request === undefined || key === undefined) throw new Error("no request");
    const before = broker.dump();
    expect(await ask(request)).toEqual([expect.objectContaining(refused), expect.objectContaining(refused)]);
    expect(broker.dump()).toBe(before);
    const jwk = { kty: "RSA", alg: "RS512", n: key.n, e: key.e };
    const { kid } = await importPublicKey(jwk);
    for (const name of [key.kid, kid]) await broker.store.addEnquirer({ kid: name, jwk, name: "2017", now: 0 });
    const held = broker.dump();
    for (const name of [key.kid, kid]) {
      const answers = await ask({ ...request, kid: name });
      for (const answer of answers) expect(answer).toMatchObject(refused);
    }
    expect(broker.dump()).toBe(held);
  });

  it("does not verify with the signature that is printed in draft -01", async (context) => {
    const reason = whyNoDraft("01") ?? whyNoVectors("mesh-2017/udf.json");
    if (reason !== undefined) context.skip(reason);
    const printed = readDraft("01");
    const request = (readVectors("mesh-2017/udf.json") as JsonObject)["seed_tbsrequest"] as unknown as Signed;
    const signature = /"signature": "\n([\w\n-]+)"/.exec(printed)?.[1]?.replaceAll("\n", "") ?? "";
    const kid = /"kid": "([\w-]+)"/.exec(printed)?.[1] ?? "";
    expect([signature.length, kid.length]).toEqual([342, 35]);
    for (const answer of await ask({ ...request, kid, signature })) expect(answer).toMatchObject(refused);
  });
});
