/** Two kinds of tests: those of the pure and Node parts, and after them those that drive real browsers. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks",
    // What is compared with a stored text is written with -u alone.
    update: "none",
    reporters: ["default", "./test/support/summary-reporter.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/browser/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: "100%",
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/support/packages.ts"],
          // A file waits half of its time, for the screen, an alarm or a timer; two share the cores, more would only wait longer.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
