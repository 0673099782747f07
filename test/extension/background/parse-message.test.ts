/** A message counts from the page that its name begins with, exactly, and in its own form; nothing else is answered. */
import { EXTENSION_ID } from "../../support/extension-api.ts";
import { describe, expect, it } from "vitest";

// After the browser's interface is there.
const { parseMessage } = await import("../../../src/extension/background/parse-message.ts");

const pageOf = (page: string): string => `extension://${EXTENSION_ID}/src/extension/${page}/index.html`;
const POPUP = { id: EXTENSION_ID, url: pageOf("popup") };
const OPTIONS = { id: EXTENSION_ID, url: pageOf("options") };
const MARK = { request: {} };

describe("a message", () => {
  it("is heard from the page that its name begins with", () => {
    expect(parseMessage({ name: "popup.mark", ...MARK }, POPUP)).toEqual({ name: "popup.mark", ...MARK });
    expect(parseMessage({ name: "options.mark", ...MARK }, OPTIONS)).toEqual({ name: "options.mark", ...MARK });
  });

  it.each([
    ["the settings in the popup's name", "popup.mark", OPTIONS],
    ["the popup in the settings' name", "options.backup", POPUP],
    ["the popup's address with something after it", "popup.mark", { ...POPUP, url: `${POPUP.url}?a#b` }],
    ["another file of the extension", "popup.mark", { ...POPUP, url: pageOf("popup/..") }],
    ["another extension", "popup.mark", { ...POPUP, id: "other@test" }],
    ["nobody", "popup.mark", {}],
  ])("is not heard from %s", (_, name, sender) => {
    expect(parseMessage({ name, ...MARK }, sender)).toBeUndefined();
  });

  it.each(["popup", "popup.", ".mark", "toString", "__proto__", "constructor", "popup.mark.more"])(
    "of the name %s is none",
    (name) => {
      expect(parseMessage({ name, ...MARK }, POPUP)).toBeUndefined();
    },
  );

  it("may be as long as a file where it carries one, and no other may", () => {
    const file = '"\n'.repeat(60_000);
    expect(parseMessage({ name: "options.readBackup", request: { file } }, OPTIONS)).toMatchObject({
      request: { file },
    });
    expect(
      parseMessage({ name: "options.readBackup", request: { file: " ".repeat(262_145) } }, OPTIONS),
    ).toBeUndefined();
    const account = { account: "a", code: "", broker: "", deviceName: "x" };
    expect(parseMessage({ name: "options.connect", request: account }, OPTIONS)).toBeDefined();
    const padded = { ...account, more: file };
    expect(parseMessage({ name: "options.connect", request: padded }, OPTIONS)).toBeUndefined();
  });

  it("about a backup names whole fingerprints and accounts, and lists of them", () => {
    const key = { fromId: "shop@ethel.example", kid: "MDDK7-N6A72-7AJZN-OSTRX-XKS7D-JAFXI" };
    const request = { pins: [], muted: [key], clashes: [], settings: null };
    const heard = (change: object): unknown =>
      parseMessage({ name: "options.restore", request: { ...request, ...change } }, OPTIONS);
    expect(heard({})).toEqual({ name: "options.restore", request });
    for (const wrong of [
      { muted: [{ ...key, kid: "MDDK7" }] },
      { clashes: [{ ...key, fromId: "Shop" }] },
      { pins: [key] },
    ])
      expect(heard(wrong)).toBeUndefined();
  });
});
