/** From a failed call to what is shown of the line. */
import { describe, expect, it } from "vitest";
import { ClientError, type ClientErrorCode, type WhatAnswers } from "../../../src/client/index.ts";
import { lineAfter } from "../../../src/extension/background/line-after.ts";

async function stateAfter(error: Error, found: WhatAnswers = "unreachable"): Promise<string> {
  return (await lineAfter(error, () => Promise.resolve(found))).state;
}
const failed = (code: ClientErrorCode, status?: number): ClientError => new ClientError(code, "", { status });

describe("the line after a call", () => {
  it.each<[ClientErrorCode, WhatAnswers, string]>([
    ["unreachable", "unreachable", "offline"],
    ["unreachable", "wrong", "wrong"],
    ["timeout", "redirected", "redirected"],
  ])("that is %s, where what answers is %s, is %s", async (code, found, state) => {
    expect(await stateAfter(failed(code), found)).toBe(state);
  });

  it.each<[ClientErrorCode, number | undefined, string]>([
    ["not_signed", 200, "wrong"],
    ["not_signed", 404, "wrong"],
    ["malformed", undefined, "wrong"],
    ["not_signed", 502, "offline"],
    ["not_signed", 429, "offline"],
    ["wrong_key", undefined, "wrong_key"],
    ["refused", 403, "not_authorised"],
    ["refused", 404, "not_authorised"],
    ["refused", 307, "redirected"],
    ["refused", 429, "offline"],
    ["refused", 503, "offline"],
  ])("that is %s with status %s is %s, and nobody looks what answers", async (code, status, state) => {
    expect(await stateAfter(failed(code, status), "redirected")).toBe(state);
  });

  it.each(["pending", "revoked"] as const)("that is refused to a %s device says so", async (deviceState) => {
    expect(await stateAfter(new ClientError("refused", "", { status: 403, deviceState }))).toBe(deviceState);
  });

  it("by a clock that is off says by how much", async () => {
    const error = new ClientError("clock", "", { aheadSeconds: 600 });
    expect(await lineAfter(error, () => Promise.resolve("wrong"))).toEqual({ state: "clock", clockAhead: 600 });
  });

  it("that failed by a defect is no state of the line", async () => {
    await expect(stateAfter(new TypeError("defect"))).rejects.toThrow("defect");
  });
});
