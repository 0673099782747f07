/** `confirm accept` and `confirm reject`: signs the answer, stores it, delivers it. */
import type { Command } from "commander";
import { backoffMs } from "../../client/index.ts";
import {
  decide,
  type DecisionRefusal,
  deliverDue,
  type InboxEntry,
  poll,
  present,
  type ResponderPorts,
  resumeReceived,
  viewRequest,
} from "../../responder/index.ts";
import type { Context } from "../context.ts";
import { chooseDevice, type Device } from "../device-home.ts";
import { CliError, EXIT, type Exit } from "../exit.ts";
import { responderPorts } from "../responder-ports.ts";
import type { Run } from "../run.ts";
import { requestText } from "./pending.ts";

interface AnswerOptions {
  readonly id?: string;
  readonly choice?: string;
  readonly unknown?: boolean;
}

const REFUSED: Readonly<Record<DecisionRefusal, string>> = {
  not_found: "There is no such request.",
  not_presented: "The request could not be shown, so it cannot be answered.",
  too_soon: "The request has only just been shown.",
  not_pending: "It was answered, withdrawn or expired in the meantime.",
  choice: "Say which option with --choice; see them with: confirm pending",
  sender: "The sender's key is not the one that you pinned; it is not to be accepted.",
  storage: "The answer could not be stored, so it was not given.",
};

export function addAnswers(program: Command, run: Run): void {
  program
    .command("accept")
    .description("accept a request: sign yes over exactly its text")
    .argument("<brokerid>", "as `confirm pending` prints it")
    .option("--id <account>", "which connected account")
    .option("--choice <value>", "the option, where the request has several")
    .addHelpText("after", "\nExample:\n  confirm accept RBKXX-2Q7AB-ZQK2N-5VEIR-4W2LM-OXJ7D --choice 15m")
    .action((brokerId: string, options: AnswerOptions) => run((context) => answer(context, brokerId, options, true)));
  program
    .command("reject")
    .description("reject a request: sign no over exactly its text")
    .argument("<brokerid>", "as `confirm pending` prints it")
    .option("--id <account>", "which connected account")
    .option("--unknown", "say, signed, that you did not start this")
    .addHelpText("after", "\nExample:\n  confirm reject RBKXX-2Q7AB-ZQK2N-5VEIR-4W2LM-OXJ7D --unknown")
    .action((brokerId: string, options: AnswerOptions) => run((context) => answer(context, brokerId, options, false)));
}

async function answer(context: Context, brokerId: string, options: AnswerOptions, value: boolean): Promise<Exit> {
  const device = await chooseDevice(context.home, options.id);
  const ports = responderPorts(context.home, device);
  await resumeReceived(ports, device);
  const entry = (await find(ports, device, brokerId)) ?? (await pollFor(ports, device, brokerId));
  if (entry.state === "verified" || entry.state === "presented") {
    await sign(context, ports, entry, options, value);
  } else if (entry.answer?.value !== value) {
    throw new CliError(EXIT.undeliverable, `The request is ${entry.state}.`);
  }
  await deliverDue(ports, device, (failures) => backoffMs(failures, Math.random()));
  return report(context, await find(ports, device, brokerId), value);
}

async function find(ports: ResponderPorts, device: Device, brokerId: string): Promise<InboxEntry | undefined> {
  return (await ports.storage.list(device)).find((entry) => entry.brokerId === brokerId);
}

async function pollFor(ports: ResponderPorts, device: Device, brokerId: string): Promise<InboxEntry> {
  await poll(ports, device);
  const entry = await find(ports, device, brokerId);
  if (entry === undefined) throw new CliError(EXIT.undeliverable, `${brokerId} is not pending for ${device.account}.`);
  if (entry.refusal !== undefined) throw new CliError(EXIT.undeliverable, `Not shown: ${entry.refusal.detail}`);
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
  if (view === undefined || !(await present(ports, view))) throw new CliError(EXIT.undeliverable, REFUSED.not_pending);
  context.output.note(`\n${requestText(view)}`);
  const only = view.srml.buttons.length === 1 ? view.srml.buttons[0] : undefined;
  const choice = options.choice ?? only?.value ?? only?.label;
  const decision = {
    account: view.account,
    broker: view.broker,
    id: view.id,
    digest: view.digest,
    value,
    choice: value ? choice : undefined,
    expected: true,
    reason: options.unknown === true ? ("unknown" as const) : undefined,
  };
  const outcome = await decide(ports, decision, { armingMs: 0 });
  if (!outcome.ok) throw new CliError(EXIT.undeliverable, REFUSED[outcome.refusal]);
}

function report(context: Context, entry: InboxEntry | undefined, value: boolean): Exit {
  const word = value ? "accepted" : "rejected";
  const delivery = entry?.answer?.delivery;
  switch (delivery) {
    case "accepted":
      context.output.result(word, { answer: word, delivery });
      return EXIT.done;
    case undefined:
      throw new CliError(
        EXIT.undeliverable,
        "The answer is signed and stored; the broker cannot be reached. Run the same again.",
      );
    case "conflict":
      throw new CliError(EXIT.undeliverable, "Another answer came first.");
    case "late":
      throw new CliError(EXIT.undeliverable, "The request had expired or was cancelled.");
    case "unknown_request":
    case "not_allowed":
      throw new CliError(EXIT.undeliverable, "The broker does not take the answer from this device.");
  }
}
