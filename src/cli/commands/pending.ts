/** `confirm pending`: what waits for this device's answer. Verifies before it shows. */
import type { Command } from "commander";
import {
  deliverDue,
  type EndorsementView,
  pendingEndorsements,
  pendingEntries,
  poll,
  type RequestView,
  resumeReceived,
  viewEndorsement,
  viewRequest,
} from "../../responder/index.ts";
import { chooseDevice } from "../device-home.ts";
import { EXIT } from "../exit.ts";
import { AT_ONCE, responderPorts } from "../responder-ports.ts";
import type { Run } from "../run.ts";

/** How a request is printed: who, what, which options, until when. */
export function requestText(view: RequestView): string {
  const who = view.sender.trust === "local" ? "your broker says" : "unverified, claims to be";
  return [
    view.id,
    `  from     ${who} ${view.sender.fromId} (${view.sender.kid})`,
    `  asks     ${view.srml.heading}`,
    ...view.srml.paragraphs.map((line) => `           ${line}`),
    ...view.srml.buttons.map((button) => `  option   ${button.value ?? button.label}: ${button.label}`),
    ...(view.match ? ["  code     to accept, type the code that the sender shows: --code"] : []),
    ...(view.presence === undefined
      ? []
      : ["  asks for your fingerprint or PIN, which cannot be given here: you can only reject it"]),
    `  expires  ${new Date(view.expires).toISOString()}`,
    ...encryptedText(view),
  ].join("\n");
}

/** How a question about a device is printed: the end of its fingerprint is to be read from its own screen. */
export function endorsementText(view: EndorsementView): string {
  return [
    view.id,
    view.known
      ? `  asks     to let a device that answers for ${view.account} already, your broker says, change its keys`
      : `  asks     to let a new device answer for ${view.account}`,
    `  device   ${view.fingerprintStart}-... is its fingerprint; it shows the whole`,
    ...(view.presence === undefined
      ? []
      : [
          `  presence ${view.presence.kid} is its key for fingerprint or PIN; it shows the same`,
          `           asked for at ${view.presence.origin}, by ${view.presence.rpId}`,
        ]),
    `  accept   confirm accept ${view.id} --device XXXXX-XXXXX   the last two groups`,
    `  expires  ${new Date(view.expires).toISOString()}`,
  ].join("\n");
}

function encryptedText({ encryptedFor }: RequestView): readonly string[] {
  if (encryptedFor === 0) return [];
  return [
    encryptedFor === 1
      ? "  secret   encrypted: only this device and the sender can read it"
      : `  secret   encrypted: only ${encryptedFor} devices, this one among them, and the sender can read it`,
  ];
}

export function addPending(program: Command, run: Run): void {
  program
    .command("pending")
    .description("list the requests that wait for an answer from this device")
    .option("--id <account>", "which connected account (default: the only one)")
    .addHelpText("after", "\nExample:\n  confirm pending --id bob@example.com")
    .action((options: { readonly id?: string }) =>
      run(async (context) => {
        const device = await chooseDevice(context, options.id);
        const ports = responderPorts(context, device);
        await resumeReceived(ports, device);
        await deliverDue(ports, device, AT_ONCE);
        await poll(ports, device);
        const views: RequestView[] = [];
        for (const entry of await pendingEntries(ports, [device])) {
          const view = await viewRequest(ports, entry);
          if (view !== undefined) views.push(view);
        }
        const devices: EndorsementView[] = [];
        for (const entry of await pendingEndorsements(ports, [device])) {
          const view = await viewEndorsement(ports, entry);
          if (view !== undefined) devices.push(view);
        }
        const texts = [...views.map(requestText), ...devices.map(endorsementText)];
        if (texts.length === 0) context.output.note(`nothing waits for ${device.account}`);
        if (texts.length > 0 || context.json) context.output.result(texts.join("\n"), [...views, ...devices]);
        return EXIT.done;
      }),
    );
}
