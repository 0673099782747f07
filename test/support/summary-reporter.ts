/**
 * Ends a run with one line that a script can read: `N passed, N failed`, with `, N skipped` where tests were skipped,
 * whose reasons are printed before it. A test file that does not load and an error outside any test count as failed.
 */
import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

/** Counts the outcome of a run; a skipped test is listed with the reason given to `context.skip(reason)`. */
export function countOutcomes(modules: readonly TestModule[], strayErrors: number): Counts {
  let passed = 0;
  let failed = strayErrors;
  const skipped: string[] = [];
  for (const module of modules) {
    failed += module.errors().length;
    for (const suite of module.children.allSuites()) failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === "passed") passed += 1;
      else if (result.state === "skipped") skipped.push(`${test.fullName}: ${result.note ?? "no reason given"}`);
      else failed += 1;
    }
  }
  return { passed, failed, skipped };
}

/** The closing lines: each skipped test with its reason, then the counts. */
export function closingLines({ passed, failed, skipped }: Counts): string {
  const counts = [`${passed} passed`, `${failed} failed`];
  if (skipped.length > 0) counts.push(`${skipped.length} skipped`);
  return [...skipped.map((line) => `skipped: ${line}`), counts.join(", "), ""].join("\n");
}

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const lines = closingLines(countOutcomes(modules, errors.length));
    // The other reporters print while the run closes; this line comes after all of them.
    process.once("exit", () => process.stdout.write(lines));
  }
}
