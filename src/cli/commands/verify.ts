/** `confirm verify`: who asked what of whom, when, and the signed answer; or why the receipt does not prove it. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { pinsFile } from "../../node/index.ts";
import {
  type Check,
  readReceipts,
  type Receipt,
  ReceiptError,
  type VerifiedReceipt,
  type VerifierPins,
  verifyReceipt,
} from "../../receipt/index.ts";
import { read2017 } from "../../reference2017/index.ts";
import { type Context, pinsPath } from "../context.ts";
import { notDamaged } from "../damaged.ts";
import { CliError, EXIT, type Exit } from "../exit.ts";
import { parseKid } from "../kid.ts";
import type { Run } from "../run.ts";
import { verifyOld } from "../verify-2017.ts";

/** Before a fingerprint that is a broker's. */
const BROKER = "broker:";
/** Before a fingerprint that is of a key for presence. */
const PRESENCE = "presence:";

interface VerifyOptions {
  readonly pin?: readonly string[];
  readonly keys?: readonly string[];
}

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

const date = (instant: number | undefined, who: string): string =>
  instant === undefined ? "not dated" : `${new Date(instant).toISOString()} (${who} says)`;

const checkText = ({ name, outcome, detail }: Check): string =>
  `${outcome.padEnd(8)} ${name.replaceAll("_", " ")}: ${detail}`;

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
    ...(receipt.received === undefined ? [] : [`  received ${date(receipt.received.at, "the broker")}`]),
    `  request  ${receipt.brokerId}`,
    ...receipt.checks.map((check) => `  ${checkText(check)}`),
  ].join("\n");
}

export function addVerify(program: Command, run: Run): void {
  program
    .command("verify")
    .description("verify a receipt; exits 1 where it does not verify, or its device is not one you know")
    .argument("<receipt>", "the receipt's file, or the file of all receipts that the extension saves")
    .option(
      "--pin <kid>",
      "the fingerprint of a device that you know; broker:KID for a broker's key, presence:KID for a key for presence; may be repeated (default: the stored pins)",
      collect,
    )
    .option("--keys <file...>", "for an object signed by the reference of 2017: files that have the signer's key")
    .addHelpText(
      "after",
      `
Also verifies what the reference implementation of 2017 signed; such an object
is anchored by --pin alone.

Examples:
  confirm verify receipt.json --pin MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL
  confirm verify request-of-2017.json --keys profile.mmmd --pin MAJBM-WHBCU-IVXPI-VI7YZ-7WX2E-OBDPI`,
    )
    .action((file: string, options: VerifyOptions) => run((context) => verify(context, file, options)));
}

async function contentOf(file: string): Promise<Uint8Array> {
  return readFile(file).catch(() => {
    throw new CliError(EXIT.failed, `${file} cannot be read.`);
  });
}

async function verify(context: Context, file: string, { pin, keys = [] }: VerifyOptions): Promise<Exit> {
  const content = await contentOf(file);
  const old = read2017(content);
  if (old !== undefined) {
    const pins = (pin ?? []).filter((one) => !one.includes(":")).map(parseKid);
    return verifyOld(context, old, { pins, keys: await Promise.all(keys.map(contentOf)) });
  }
  const known = await pinsOf(context, pin);
  const many = readReceipts(content);
  if (many !== undefined) return verifyAll(context, many, known);
  const found = await verified(content, known);
  if (found instanceof ReceiptError) return notVerified(context, found);
  context.output.result(receiptText(found), receiptJson(found));
  return EXIT.done;
}

/** A receipt that verifies, or why it does not. */
async function verified(
  receipt: Parameters<typeof verifyReceipt>[0],
  known: VerifierPins,
): Promise<VerifiedReceipt | ReceiptError> {
  try {
    return await verifyReceipt(receipt, known);
  } catch (error) {
    if (error instanceof ReceiptError) return error;
    throw error;
  }
}

/** Says of each receipt what it proves, or why it does not; only where all verify do they verify. */
async function verifyAll({ output }: Context, receipts: readonly Receipt[], known: VerifierPins): Promise<Exit> {
  const found: (VerifiedReceipt | ReceiptError)[] = [];
  for (const receipt of receipts) found.push(await verified(receipt, known));
  const texts = found.flatMap((one) => (one instanceof ReceiptError ? [] : [receiptText(one)]));
  for (const [index, one] of found.entries()) {
    if (one instanceof ReceiptError) output.note(`${receipts[index]?.BrokerID ?? ""} does not verify: ${one.message}`);
  }
  const count = `${texts.length} of ${receipts.length} receipts verify.`;
  output.result([...texts, count].join("\n\n"), {
    verified: texts.length === receipts.length,
    receipts: found.map((one) => (one instanceof ReceiptError ? failureJson(one) : receiptJson(one))),
  });
  return texts.length === receipts.length ? EXIT.done : EXIT.no;
}

function failureJson({ code, message, checks }: ReceiptError): unknown {
  return { verified: false, error: code, message, checks };
}

/** Each check up to the one that failed; nothing else of the receipt is shown, because nothing of it is proved. */
function notVerified({ output, json }: Context, error: ReceiptError): Exit {
  const { message, checks } = error;
  for (const check of checks) output.note(checkText(check));
  output.note(checks.length === 0 ? message : "The receipt does not verify.");
  if (json) output.result("", failureJson(error));
  return EXIT.no;
}

/**
 * Stored pins say whose they are, and so do those given by hand, unless there is only one: it may be the device's or the
 * broker's, whose word is then all there is. Among several a broker's key must say so, else it could answer in a device's
 * place.
 */
async function pinsOf(context: Context, given: readonly string[] | undefined): Promise<VerifierPins> {
  if (given !== undefined) {
    const services = given.filter((one) => one.startsWith(BROKER)).map((one) => parseKid(one.slice(BROKER.length)));
    const presence = given.filter((one) => one.startsWith(PRESENCE)).map((one) => parseKid(one.slice(PRESENCE.length)));
    const kids = given.filter((one) => !one.startsWith(BROKER) && !one.startsWith(PRESENCE)).map(parseKid);
    const pins = kids.map((kid) => ({ kid }));
    const only = [...services, ...kids];
    if (only.length > 1) return { pins, services, presence };
    return { pins, services: only, vouching: only, presence };
  }
  const path = pinsPath(context.home);
  const { devices, services, presence } = await notDamaged(path, () => pinsFile(path).read());
  return {
    pins: devices,
    services: services.flatMap(({ kid, former = [] }) => [kid, ...former]),
    presence: presence.map(({ kid }) => kid),
  };
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
