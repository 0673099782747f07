#!/usr/bin/env node
/** Runs the `confirm` command: `program.ts` has what it can do. */
import { EXIT } from "./exit.ts";
import { makeProgram, wantsJson } from "./program.ts";
import { report } from "./run.ts";
import { packageVersion } from "./version.ts";

// Node's own code for what nobody caught is 1, and that means "rejected".
process.on("uncaughtException", (error) => {
  report(error, wantsJson());
  process.exit(EXIT.failed);
});

await makeProgram(process.env, packageVersion()).parseAsync();
