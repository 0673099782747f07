/** The options of `npm start`, and when there is a screen to show a browser on. */
import { describe, expect, it } from "vitest";
import { readArguments } from "../../../src/demo/launcher/arguments.ts";
import { LauncherError } from "../../../src/demo/launcher/launcher-error.ts";

describe("readArguments", () => {
  it.each([
    ["Linux with X11", "linux", { DISPLAY: ":0" }, false],
    ["Linux with Wayland", "linux", { WAYLAND_DISPLAY: "wayland-0" }, false],
    ["Linux without a display", "linux", {}, true],
    ["Linux with an empty one", "linux", { DISPLAY: "" }, true],
    ["macOS", "darwin", {}, false],
    ["Windows", "win32", {}, false],
    ["continuous integration, whatever the display", "linux", { CI: "true", DISPLAY: ":99" }, true],
  ] as const)("knows whether there is a screen: %s", (_, platform, env, headless) => {
    expect(readArguments([], env, platform).headless).toBe(headless);
  });

  it("takes its options, and no others", () => {
    expect(readArguments(["--headless", "--stay", "--firefox"], { DISPLAY: ":0" }, "linux")).toEqual({
      headless: true,
      stay: true,
      firefox: true,
      help: false,
    });
    expect(() => readArguments(["--stays"], {}, "linux")).toThrow(LauncherError);
    expect(() => readArguments(["now"], {}, "linux")).toThrow(LauncherError);
  });
});
