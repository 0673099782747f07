/** The diagnostics say how it stands, a fact a line, and of the browser its name and version alone. */
import { expect, it } from "vitest";
import { diagnosticsText } from "../../../src/extension/options/diagnostics-text.ts";
import { SOME_TIME } from "../../support/fake-clock.ts";

const BROWSER = {
  ...{ version: "0.1.0", language: "de-AT", persisted: true, usage: 4096, quota: undefined },
  userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
};

it("counts, and numbers the accounts without a name", () => {
  const text = diagnosticsText(
    {
      ...{ schema: 4, storage: undefined, started: SOME_TIME - 60_000, pins: 2, muted: 0 },
      requests: { delivered: 3, expired: 1 },
      lines: [
        {
          host: "example.com",
          state: "online",
          clockAhead: undefined,
          contact: SOME_TIME - 2000,
          error: "refused 429",
        },
        { host: "127.0.0.1:8787", state: "clock", clockAhead: -240, contact: undefined, error: "clock" },
      ],
    },
    BROWSER,
    SOME_TIME,
  );
  expect(text.split("\n")).toEqual([
    "Mesh/Confirm 0.1.0",
    `date: ${new Date(SOME_TIME).toISOString()}`,
    "browser: Chrome/156.0.0.0, language de-AT",
    "background: started 60 s ago",
    "storage: schema 4, works, persisted, 4096 of ? bytes",
    "accounts: 2, pins: 2, muted: 0",
    "requests: delivered 3, expired 1",
    "account 1: example.com, online, last contact 2 s ago, last error refused 429",
    "account 2: 127.0.0.1:8787, clock, last contact never, last error clock, clock -240 s ahead",
    "",
  ]);
});

it("say what is wrong where the storage cannot be opened", () => {
  const nothing = { schema: undefined, started: SOME_TIME, pins: 0, muted: 0, requests: {}, lines: [] };
  const text = diagnosticsText({ ...nothing, storage: "newer" }, { ...BROWSER, userAgent: "?" }, SOME_TIME);
  expect(text).toContain("storage: schema unknown, newer,");
  expect(text).toContain("browser: unknown,");
  expect(text).toContain("requests: none");
});
