/**
 * Three kinds of tests: those of parts that keep nothing, which share processes; those of all else in Node, each file in a
 * process of its own; and after them those that drive real browsers, a file at a time.
 */
import { defineConfig } from "vitest/config";
import LongFirst from "./test/support/long-first.ts";

/**
 * Tests of what gets clock, randomness and storage as arguments, and of the broker's transactions, which get them with the broker that
 * each file starts. To start a process for each and to read the same modules again took most of their time.
 */
const SHARING = ["protocol", "srml", "crypto", "receipt", "responder", "reference2017", "broker/transactions"].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

/** What the tests in Node have in common. */
const IN_NODE = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  maxWorkers: "100%",
  sequence: { groupOrder: 0 },
};

export default defineConfig({
  test: {
    pool: "forks",
    // What is compared with a stored text is written with -u alone.
    update: "none",
    sequence: { sequencer: LongFirst },
    reporters: ["default", "./test/support/summary-reporter.ts"],
    projects: [
      {
        extends: true,
        test: {
          ...IN_NODE,
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/browser/**", ...SHARING],
        },
      },
      {
        extends: true,
        test: {
          ...IN_NODE,
          name: "shared",
          include: SHARING,
          isolate: false,
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
