/** Restoring is all or nothing: where the pins cannot be stored, the settings are as they were. */
import { keptSettings } from "../../support/extension-api.ts";
import { expect, it } from "vitest";
import type { BrowserResponder } from "../../../src/extension/background/responder.ts";

// After the browser's interface is there.
const { restoreBackup } = await import("../../../src/extension/background/backup.ts");
const { prefer } = await import("../../../src/extension/background/preferences.ts");

it("leaves the settings as they were where the database takes nothing", async () => {
  await prefer({ theme: "light", notifications: null });
  const database = {
    transaction: () => {
      expect(keptSettings.get("theme")).toBe("dark");
      throw new DOMException("The database is closing.", "InvalidStateError");
    },
  };
  const settings = { theme: "dark", notifications: "off", history: "off" } as const;
  const restoring = { pins: [], muted: [], clashes: [], settings };
  expect(await restoreBackup({ database } as unknown as BrowserResponder, restoring)).toBe(false);
  expect(Object.fromEntries(keptSettings)).toEqual({ theme: "light", notifications: "on", history: "all" });
});
