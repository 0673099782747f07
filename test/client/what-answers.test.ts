/** Why a broker does not answer: two looks that say nothing to whoever is there, and what may be concluded of each. */
import { describe, expect, it } from "vitest";
import { whatAnswers } from "../../src/client/index.ts";

const ENDPOINT = "https://example.com/.well-known/confirm";
/** What a browser gives an extension; undefined where it fails the call. */
type Seen = "basic" | "opaque" | "opaqueredirect" | undefined;

/** Looks where a browser would give these, one after the other; what was found, and what was sent. */
async function look(...seen: readonly Seen[]) {
  const sent: RequestInit[] = [];
  const answers = [...seen];
  const found = await whatAnswers({
    endpoint: ENDPOINT,
    fetch: (input, init = {}) => {
      expect(input).toBe(ENDPOINT);
      sent.push(init);
      const type = answers.shift();
      if (type === undefined) return Promise.reject(new TypeError("Failed to fetch"));
      return Promise.resolve(Object.defineProperty(new Response(), "type", { value: type }));
    },
  });
  return { found, sent };
}

describe("a broker to which a call failed", () => {
  it.each<[string, readonly Seen[]]>([
    ["redirected", ["opaqueredirect"]],
    ["unreachable", ["basic"]],
    ["wrong", [undefined, "opaque"]],
    ["unreachable", [undefined, undefined]],
  ])("is %s where a browser shows %j", async (expected, seen) => {
    const { found, sent } = await look(...seen);
    expect(found).toBe(expected);
    expect(sent).toHaveLength(seen.length);
  });

  it("is told nothing by it: an empty GET without credentials, and a redirect that can be seen is not followed", async () => {
    const { sent } = await look(undefined, undefined);
    expect(sent[0]).toMatchObject({ redirect: "manual" });
    expect(sent[1]).toMatchObject({ mode: "no-cors" });
    for (const init of sent) {
      expect(init).toMatchObject({ credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" });
      expect([init.method, init.body, init.headers]).toEqual([undefined, undefined, undefined]);
      expect(init.signal).toBeInstanceOf(AbortSignal);
    }
  });
});
