/** `confirm accept` and `confirm reject`: signs the answer, stores it, delivers it. */
import type { Command } from "commander";
import {
  decide,
  decideEndorsement,
  type DecisionRefusal,
  deliverDue,
  type InboxEntry,
  poll,
  present,
  type RequestView,
  type ResponderPorts,
  resumeReceived,
  viewEndorsement,
  viewRequest,
} from "../../responder/index.ts";
import type { Context } from "../context.ts";
import { chooseDevice, type Device } from "../device-home.ts";
import { CliError, EXIT, type Exit } from "../exit.ts";
import { AT_ONCE, responderPorts } from "../responder-ports.ts";
import type { Run } from "../run.ts";
import { endorsementText, requestText } from "./pending.ts";

interface AnswerOptions {
  readonly id?: string;
  readonly choice?: string;
  readonly code?: string;
  readonly unknown?: boolean;
  /** The end of a new device's fingerprint. */
  readonly device?: string;
}

const NO_PRESENCE =
  "The request asks for your fingerprint or PIN, which the command line cannot ask you for: it can only be rejected here.";

const REFUSED: Readonly<Record<DecisionRefusal | "fingerprint" | "prompt", string>> = {
  fingerprint: "That is not the end of the device's fingerprint, so it was not let in. Read it from its own screen.",
  not_found: "There is no such request.",
  not_presented: "The request could not be shown, so it was not answered.",
  too_soon: "The request has only just been shown, so it was not answered.",
  not_pending: "It was answered, withdrawn or has expired in the meantime.",
  choice: "The choice is none of the request's options, so it was not answered.",
  sender: "The sender's key is not the one that you pinned, so it was not accepted.",
  presence: "The proof of presence does not hold, so it was not accepted.",
  presence_unable: NO_PRESENCE,
  prompt: NO_PRESENCE,
  storage: "The answer could not be stored, so it was not given.",
};

export function addAnswers(program: Command, run: Run): void {
  program
    .command("accept")
    .description("accept a request: signs yes over exactly its text")
    .argument("<brokerid>", "as `confirm pending` prints it")
    .option("--id <account>", "which connected account (default: the only one)")
    .option("--choice <value>", "the option, where the request has several: its value, or its label if it has none")
    .option("--code <code>", "the code that the sender's own page shows, where the request asks for one")
    .option("--device <groups>", "to let a device in: the last two groups of its fingerprint, read from its own screen")
    .addHelpText(
      "after",
      `
Examples:
  confirm accept RBKXX-2Q7AB-ZQK2N-5VEIR-4W2LM-OXJ7D --choice 15m
  confirm accept RBKXX-2Q7AB-ZQK2N-5VEIR-4W2LM-OXJ7D --device Z5JLB-ZNGVL`,
    )
    .action((brokerId: string, options: AnswerOptions) => run((context) => answer(context, brokerId, options, true)));
  program
    .command("reject")
    .description("reject a request: signs no over exactly its text")
    .argument("<brokerid>", "as `confirm pending` prints it")
    .option("--id <account>", "which connected account (default: the only one)")
    .option("--unknown", "say, signed, that you did not start this")
    .addHelpText("after", "\nExample:\n  confirm reject RBKXX-2Q7AB-ZQK2N-5VEIR-4W2LM-OXJ7D --unknown")
    .action((brokerId: string, options: AnswerOptions) => run((context) => answer(context, brokerId, options, false)));
}

async function answer(context: Context, brokerId: string, options: AnswerOptions, value: boolean): Promise<Exit> {
  const device = await chooseDevice(context, options.id);
  const ports = responderPorts(context, device);
  await resumeReceived(ports, device);
  const entry = (await find(ports, device, brokerId)) ?? (await pollFor(ports, device, brokerId));
  if (entry.state === "verified" || entry.state === "presented") {
    await (entry.endorses ? signEndorsement : sign)(context, ports, entry, options, value);
  } else if (entry.answer?.value !== value) {
    throw notAnswered(overText(entry));
  }
  await deliverDue(ports, device, AT_ONCE);
  return report(context, await find(ports, device, brokerId), value);
}

function notAnswered(sentence: string): CliError {
  return new CliError(EXIT.undeliverable, sentence, "not_answered");
}

/** Why an entry takes no answer any more. */
function overText({ state, answer, endedAs, refusal }: InboxEntry): string {
  if (answer !== undefined) return `You ${answer.value ? "accepted" : "rejected"} it before; that answer stays.`;
  if (refusal !== undefined) return `It is not shown, and cannot be answered: ${refusal.detail}`;
  if (state === "expired" || endedAs === "EXPIRED") return "It has expired.";
  return endedAs === "REPLY" ? "Another device of the account answered it." : "It was cancelled.";
}

async function find(ports: ResponderPorts, device: Device, brokerId: string): Promise<InboxEntry | undefined> {
  return (await ports.storage.list(device)).find((entry) => entry.brokerId === brokerId);
}

async function pollFor(ports: ResponderPorts, device: Device, brokerId: string): Promise<InboxEntry> {
  await poll(ports, device);
  // Another process may have taken it in, and not have looked at it yet.
  await resumeReceived(ports, device);
  const entry = await find(ports, device, brokerId);
  if (entry === undefined) throw notAnswered(`${brokerId} is not pending for ${device.account}.`);
  return entry;
}

/** Shows the request, whole, and signs. Typing its BrokerID is the user's word that it was expected. */
async function sign(
  context: Context,
  ports: ResponderPorts,
  entry: InboxEntry,
  options: AnswerOptions,
  value: boolean,
): Promise<void> {
  const view = await viewRequest(ports, entry);
  if (view === undefined) throw notAnswered(overText((await ports.storage.get(entry, entry.digest)) ?? entry));
  if (options.device !== undefined)
    throw new CliError(EXIT.failed, "--device is for letting a device in; this is a request.");
  const choice = value ? choiceOf(view, options) : undefined;
  if (!(await present(ports, view))) throw notAnswered(REFUSED.not_pending);
  context.output.note(`${value ? "accepting" : "rejecting"}\n${requestText(view)}`);
  const decision = {
    account: view.account,
    broker: view.broker,
    id: view.id,
    digest: view.digest,
    value,
    choice,
    expected: true,
    reason: options.unknown === true ? ("unknown" as const) : undefined,
  };
  const outcome = await decide(ports, decision, { armingMs: 0 });
  if (!outcome.ok) throw notAnswered(REFUSED[outcome.refusal]);
}

/** The same about a device: a yes needs the end of its fingerprint, a no nothing. */
async function signEndorsement(
  context: Context,
  ports: ResponderPorts,
  entry: InboxEntry,
  options: AnswerOptions,
  value: boolean,
): Promise<void> {
  const view = await viewEndorsement(ports, entry);
  if (view === undefined) throw notAnswered(overText((await ports.storage.get(entry, entry.digest)) ?? entry));
  if (options.choice !== undefined) throw new CliError(EXIT.failed, "A device has no options: leave --choice out.");
  if (value && options.device === undefined) {
    throw new CliError(
      EXIT.failed,
      "This lets a device answer for you. Give the last two groups of its fingerprint with --device.",
    );
  }
  if (!(await present(ports, view))) throw notAnswered(REFUSED.not_pending);
  context.output.note(`${value ? "accepting" : "rejecting"}\n${endorsementText(view)}`);
  const { account, broker, id, digest } = view;
  const reason = options.unknown === true ? ("unknown" as const) : undefined;
  const decision = { account, broker, id, digest, value, typed: options.device, reason };
  const outcome = await decideEndorsement(ports, decision, { armingMs: 0 });
  if (!outcome.ok) throw notAnswered(REFUSED[outcome.refusal]);
}

/** One option alone needs no naming; of several one must be named. */
function choiceOf({ srml, match }: RequestView, { choice: typed, code }: AnswerOptions): string | undefined {
  if (match && typed === undefined && code !== undefined && /^[0-9]{6,12}$/.test(code)) return code;
  if (match) {
    throw new CliError(EXIT.failed, "The request asks for the code that the sender shows: digits, with --code.");
  }
  if (code !== undefined) throw new CliError(EXIT.failed, "The request asks for no code: leave --code out.");
  const names = srml.buttons.map((button) => button.value ?? button.label);
  const choice = typed ?? (names.length === 1 ? names[0] : undefined);
  if (choice === undefined ? names.length === 0 : names.includes(choice)) return choice;
  throw new CliError(
    EXIT.failed,
    names.length === 0
      ? "The request has no options: leave --choice out."
      : `Say which option with --choice: ${names.map((name) => JSON.stringify(name)).join(", ")}`,
  );
}

function report(context: Context, entry: InboxEntry | undefined, value: boolean): Exit {
  const word = value ? "accepted" : "rejected";
  const delivery = entry?.answer?.delivery;
  switch (delivery) {
    case "accepted":
      context.output.result(word, { answer: word, brokerId: entry?.brokerId, delivery });
      return EXIT.done;
    case undefined:
      throw new CliError(
        EXIT.undeliverable,
        "The answer is signed and stored, but the broker did not take it yet. Run the same again to deliver it.",
        "not_delivered",
      );
    case "conflict":
      throw notAnswered("Another device's answer came first; yours does not count.");
    case "late":
      throw notAnswered("It had expired or was cancelled before the answer came.");
    case "unknown_request":
    case "not_allowed":
      throw notAnswered("The broker does not take an answer from this device. Is it still a device of the account?");
  }
}
