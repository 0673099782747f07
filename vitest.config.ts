/** Two kinds of tests: those of the pure and Node parts, and those that drive real browsers, one file at a time. */
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
          // Two browsers at once on two cores make every wait a race; so would the other tests beside them.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
