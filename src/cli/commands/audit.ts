/** `confirm audit`: the broker's audit log, on its own store, also while it runs: what it proves, signed, moved out, erased. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { parseDuration } from "../duration.ts";
import { CliError, EXIT } from "../exit.ts";
import { passing } from "../passing.ts";
import type { Run } from "../run.ts";
import { type StoreOptions, withStore, withStoreOptions } from "./account.ts";
import { addAuditVerify } from "./audit-verify.ts";

interface RotateOptions extends StoreOptions {
  readonly keep: string;
}

interface EraseOptions extends StoreOptions {
  readonly olderThan: string;
}

export function addAudit(program: Command, run: Run): void {
  const audit = program
    .command("audit")
    .description("the broker's audit log: what happened, in a chain that shows when it was altered")
    .addHelpText("after", "\nExample:\n  confirm audit verify --data /var/lib/mesh-confirm");
  addAuditVerify(audit, run);
  withStoreOptions(audit.command("checkpoint"))
    .description("print the service's signed word on where the log ends now: keep it on another machine")
    .addHelpText(
      "after",
      `
A broker makes one every hour and when it stops; this makes one now, where anything happened since. Kept where the broker's
owner cannot change it, it shows later whether the log up to here is still the same.

Example:
  confirm audit checkpoint --data /var/lib/mesh-confirm > checkpoint.json`,
    )
    .action((options: StoreOptions) =>
      run((context) =>
        passing(async () => {
          const { makeCheckpoint, serviceKeyOf } = await import("../../broker/index.ts");
          const made = await withStore(context, options, async (store) =>
            makeCheckpoint(store, await serviceKeyOf(store), Date.now()),
          );
          if (made === undefined) throw new CliError(EXIT.failed, "The log is empty: nothing happened yet.");
          context.output.result(JSON.stringify(made.checkpoint), made.checkpoint);
          return EXIT.done;
        }),
      ),
    );
  withStoreOptions(audit.command("rotate"))
    .description("move old records out of the store into a file, up to a checkpoint")
    .argument("<file>", "a file that is not there yet; JSON lines")
    .option("--keep <duration>", "the records of this long stay in the store", "90d")
    .addHelpText(
      "after",
      `
What stays verifies alone, and together with the files: confirm audit verify --file FILE... Requests and answers stay.

Example:
  confirm audit rotate audit-2027.jsonl --keep 30d --data /var/lib/mesh-confirm`,
    )
    .action((file: string, options: RotateOptions) =>
      run((context) =>
        passing(async () => {
          const keptMs = parseDuration(options.keep);
          const { moveRecords, serviceKeyOf } = await import("../../broker/index.ts");
          const path = resolve(file);
          const now = Date.now();
          const moved = await withStore(context, options, async (store) =>
            moveRecords(store, await serviceKeyOf(store), { path, before: now - keptMs, now }),
          );
          const until = new Date(moved.until).toISOString();
          context.output.result(`moved ${moved.records} records, up to ${until}, to ${path}`, { ...moved, file: path });
          return EXIT.done;
        }),
      ),
    );
  withStoreOptions(audit.command("erase"))
    .description("erase the texts and answers of what ended long ago; their digests stay, and the log still verifies")
    .requiredOption("--older-than <duration>", "what ended before this long is erased: 30d, 365d")
    .addHelpText(
      "after",
      `
Whoever asks for an erased answer is told that it is over; receipts that were taken stay good. This cannot be undone.

Example:
  confirm audit erase --older-than 365d --data /var/lib/mesh-confirm`,
    )
    .action((options: EraseOptions) =>
      run((context) =>
        passing(async () => {
          const ageMs = parseDuration(options.olderThan);
          const { eraseBodies } = await import("../../broker/index.ts");
          const now = Date.now();
          const erased = await withStore(context, options, (store) => eraseBodies(store, now - ageMs, now));
          const { requests, answers } = erased;
          context.output.result(`erased the texts of ${requests} requests and ${answers} answers`, erased);
          return EXIT.done;
        }),
      ),
    );
}
