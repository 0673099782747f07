/** `confirm audit verify`: whether the log, and what it is about, is as it was written; or which record is not. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import type { AuditReport, Problem } from "../../broker/index.ts";
import { FlattenedJws, LIMITS, ProtocolError, scanJson } from "../../protocol/index.ts";
import { readReceipt, readReceipts, ReceiptError } from "../../receipt/index.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT, type Exit } from "../exit.ts";
import { parseKid } from "../kid.ts";
import { passing } from "../passing.ts";
import type { Run } from "../run.ts";
import { type StoreOptions, storePlace, withStoreOptions } from "./account.ts";

interface VerifyOptions extends StoreOptions {
  readonly head?: readonly string[];
  readonly stamp?: readonly string[];
  readonly file?: readonly string[];
  readonly pin?: readonly string[];
}

const PROGRESS_MS = 3000;

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];
const count = (number: number, what: string): string =>
  `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;

export function addAuditVerify(audit: Command, run: Run): void {
  withStoreOptions(audit.command("verify"))
    .description("verify the log, and that requests, answers and devices are as it says; exits 1 where they are not")
    .option("--head <file>", "a checkpoint that was kept elsewhere; may be repeated", collect)
    .option("--stamp <receipt>", "a receipt whose stamp must be in the log; may be repeated", collect)
    .option("--file <file>", "records that were moved out, the oldest first; may be repeated", collect)
    .option(
      "--pin <kid>",
      "the fingerprint of the service's key, where you know it from elsewhere; may be repeated (default: the keys in the store)",
      collect,
    )
    .addHelpText(
      "after",
      `
It only reads, and the broker may go on running. Whoever owns the store, and with it the service's key, could write the
whole log anew: what shows that is a checkpoint or a receipt that was kept where he cannot change it.

Examples:
  confirm audit verify --data /var/lib/mesh-confirm --head checkpoint.json
  confirm audit verify --stamp receipt.json --file audit-2026.jsonl --store postgres://confirm@localhost/confirm`,
    )
    .action((options: VerifyOptions) => run((context) => passing(() => verify(context, options))));
}

async function verify(context: Context, options: VerifyOptions): Promise<Exit> {
  const { head = [], stamp = [], file = [], pin = [] } = options;
  const heads = await Promise.all(head.map(readCheckpoint));
  const stamps = (await Promise.all(stamp.map(readStamps))).flat();
  const { openAuditSnapshot, verifyAudit } = await import("../../broker/index.ts");
  const snapshot = await openAuditSnapshot(storePlace(context, options));
  let said = Date.now();
  try {
    const report = await verifyAudit(snapshot, {
      ...{ heads, stamps, pins: pin.map(parseKid), files: file.map((one) => resolve(one)) },
      onProgress: ({ records, requests }) => {
        if (Date.now() - said < PROGRESS_MS) return;
        said = Date.now();
        context.output.note(`so far ${count(records, "record")} and ${count(requests, "request")}`);
      },
    });
    return report.verified ? verified(context, report, heads.length + stamps.length) : notVerified(context, report);
  } finally {
    await snapshot.close();
  }
}

function verified({ output }: Context, report: AuditReport, kept: number): Exit {
  const { records, chains, requests, checkpoints, movedOut, unchecked } = report;
  if (kept === 0) {
    output.note(
      "nothing was given that was kept elsewhere (--head, --stamp): this shows no change by someone who owns the store",
    );
  }
  const lines = [
    "The audit log verifies.",
    `  log        ${count(records, "record")} in ${count(chains, "chain")}, ${count(checkpoints, "checkpoint")}`,
    `  requests   ${count(requests - unchecked, "request")} held against it`,
    ...(kept === 0 ? [] : [`  kept       all that was kept elsewhere (${kept}) is in it`]),
    ...(movedOut === 0
      ? []
      : [
          `  moved out  ${count(movedOut, "record")}, not given with --file: ${count(unchecked, "request")} not held against them`,
        ]),
  ];
  output.result(lines.join("\n"), report);
  return EXIT.done;
}

function notVerified({ output, json }: Context, report: AuditReport): Exit {
  const { problems, problemCount } = report;
  for (const one of problems) output.note(problemText(one));
  const more = problemCount - problems.length;
  if (more > 0) output.note(`and ${more.toLocaleString("en")} more`);
  output.note(
    "The audit log does not verify. Copy the store as it is before anything else; then compare with a backup, and with the " +
      "checkpoints and receipts that were kept elsewhere, from when on.",
  );
  if (json) output.result("", report);
  return EXIT.no;
}

function problemText({ code, writer, sequence, detail }: Problem): string {
  const where = writer === undefined ? "" : ` (chain ${writer}${sequence === undefined ? "" : `, record ${sequence}`})`;
  return `${code.replaceAll("_", " ")}: ${detail}${where}`;
}

async function contentOf(file: string): Promise<Uint8Array> {
  return readFile(file).catch(() => {
    throw new CliError(EXIT.failed, `${file} cannot be read.`);
  });
}

async function readCheckpoint(file: string): Promise<FlattenedJws> {
  const content = await contentOf(file);
  try {
    return FlattenedJws.read(scanJson(content, LIMITS.messageBytes), "checkpoint");
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new CliError(EXIT.failed, `${file} is no checkpoint, as printed by: confirm audit checkpoint`);
  }
}

/** The stamps of a file of one receipt, or of many. */
async function readStamps(file: string): Promise<readonly FlattenedJws[]> {
  const content = await contentOf(file);
  try {
    const receipts = readReceipts(content) ?? [readReceipt(content)];
    const stamps = receipts.flatMap(({ Stamp }) => (Stamp === undefined ? [] : [Stamp]));
    if (stamps.length === receipts.length) return stamps;
    throw new CliError(EXIT.failed, `${file} has no stamp: the broker gave none, or the answer was encrypted.`);
  } catch (error) {
    if (!(error instanceof ReceiptError)) throw error;
    throw new CliError(EXIT.failed, `${file} is no receipt: ${error.message}`);
  }
}
