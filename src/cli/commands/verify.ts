/** `confirm verify`: who asked what of whom, when, and the signed answer; or why the receipt does not prove it. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { pinsFile } from "../../node/index.ts";
import { type Pin, type VerifiedReceipt, verifyReceipt } from "../../receipt/index.ts";
import { pinsPath } from "../context.ts";
import { notDamaged } from "../damaged.ts";
import { CliError, EXIT } from "../exit.ts";
import { parseKid } from "../kid.ts";
import type { Run } from "../run.ts";

const date = (instant: number | undefined, who: string): string =>
  instant === undefined ? "not dated" : `${new Date(instant).toISOString()} (${who} says)`;

/** The receipt, for a person. */
export function receiptText({ request, response, srml, label, ...receipt }: VerifiedReceipt): string {
  const answer = response.value ? `accepted${label === undefined ? "" : `: ${label}`}` : "rejected";
  const reason = response.reason === "unknown" ? " (did not start this)" : "";
  return [
    "The receipt verifies.",
    `  from     ${request.fromId} (key ${request.signer.kid})`,
    `  to       ${request.toId}`,
    `  asked    ${srml.heading}`,
    ...srml.paragraphs.map((line) => `           ${line}`),
    ...srml.buttons.map((button) => `  option   ${button.label}`),
    `  when     ${date(request.created, "the enquirer")}`,
    `  answer   ${answer}${reason}`,
    `  by       device ${response.signer.kid} (${receipt.trust} when it was taken)`,
    `  signed   ${date(response.created, "the device")}`,
    `  request  ${receipt.brokerId}`,
    ...receipt.checks.map((check) => `  checked  ${check}`),
  ].join("\n");
}

export function addVerify(program: Command, run: Run): void {
  program
    .command("verify")
    .description("verify a receipt; exits 1 where it does not verify, or its device is not one you know")
    .argument("<receipt>", "the receipt's file")
    .option("--pin <kid>", "the fingerprint of a device that you know (default: the stored pins)")
    .addHelpText("after", "\nExample:\n  confirm verify receipt.json --pin MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL")
    .action((file: string, options: { readonly pin?: string }) =>
      run(async (context) => {
        const content = await readFile(file).catch(() => {
          throw new CliError(EXIT.failed, `${file} cannot be read.`);
        });
        const path = pinsPath(context.home);
        const pins: readonly Pin[] =
          options.pin === undefined
            ? (await notDamaged(path, () => pinsFile(path).read())).devices
            : [{ kid: parseKid(options.pin) }];
        const verified = await verifyReceipt(content, { pins });
        context.output.result(receiptText(verified), receiptJson(verified));
        return EXIT.done;
      }),
    );
}

function receiptJson({ request, response, srml, label, ...receipt }: VerifiedReceipt): unknown {
  return {
    verified: true,
    from: request.fromId,
    fromKid: request.signer.kid,
    to: request.toId,
    srml,
    created: request.created,
    value: response.value,
    choice: response.choice,
    label,
    reason: response.reason,
    deviceKid: response.signer.kid,
    answered: response.created,
    ...receipt,
  };
}
