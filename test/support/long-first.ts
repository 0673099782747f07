/**
 * The order in which test files are started: those that take long before the others, so that none of them runs on alone at
 * the end, and last those that share processes, one after the other: a process is kept for the next file of its kind alone.
 */
import { relative, resolve } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const TESTS = resolve(import.meta.dirname, "..");

/** Measured to take 20 seconds and more, the longest first. */
const LONG = [
  "broker/faults/kill",
  "cli/confirmation",
  "cli/answer",
  "broker/store/postgres",
  "docs/commands",
  "broker/faults/postgres-line",
  "cli/stop",
  "cli/device",
  "fuzz/linear-time",
  "enquirer/false-broker",
  "cli/broker",
  "demo/bank/payment",
  "broker/two-processes",
  "package/reviewer-build",
  "cli/question",
];

function place({ moduleId, project }: TestSpecification): number {
  if (!project.config.isolate) return LONG.length + 1;
  const long = LONG.indexOf(
    relative(TESTS, moduleId)
      .replaceAll("\\", "/")
      .replace(/\.test\.ts$/, ""),
  );
  return long === -1 ? LONG.length : long;
}

export default class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => place(one) - place(other));
  }
}
