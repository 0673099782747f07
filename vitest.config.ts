/** Two kinds of tests: those of the pure and Node parts, and after them those that drive real browsers, a file at a time. */
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
          // Measured: two at once on two cores take as long together as one after the other, and every wait is a race.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
