/**
 * `confirm device`: the devices of an account. Without `--data` or `--store` it is the user's word: this home's device
 * asks its broker, and what it revokes is signed. With one of them it is the operator's, on the broker's own store.
 */
import type { Command } from "commander";
import { signRevocation } from "../../crypto/index.ts";
import { type DeviceEntry, parseAccount } from "../../protocol/index.ts";
import type { Context } from "../context.ts";
import { deviceEntry } from "../device-entry.ts";
import { chooseDevice, forgetDevice } from "../device-home.ts";
import { CliError, EXIT, type Exit } from "../exit.ts";
import { homeLine } from "../home-line.ts";
import { parseKid } from "../kid.ts";
import { printable } from "../output.ts";
import type { Run } from "../run.ts";
import { type StoreOptions, withStore, withStoreOptions } from "./account.ts";

interface DeviceOptions extends StoreOptions {
  readonly id?: string;
}

const isOperator = ({ data, store }: StoreOptions): boolean => data !== undefined || store !== undefined;

function withDeviceOptions(command: Command): Command {
  return withStoreOptions(
    command.option("--id <account>", "which connected account (default: the only one); with --data whose devices"),
    "as the operator, on the broker's folder, also while it runs",
  );
}

export function addDevice(program: Command, run: Run): void {
  const device = program
    .command("device")
    .description("the devices of an account: your own, or with --data as the broker's operator")
    .addHelpText("after", "\nExample:\n  confirm device list");
  withDeviceOptions(device.command("list"))
    .description("each device: fingerprint, state, when it was seen, name")
    .addHelpText(
      "after",
      "\nExamples:\n  confirm device list\n  confirm device list --id bob@example.com --data /var/lib/mesh-confirm",
    )
    .action((options: DeviceOptions) =>
      run(async (context) => {
        const devices = await listed(context, options);
        context.output.result(devices.map(deviceText).join("\n"), devices);
        return EXIT.done;
      }),
    );
  withDeviceOptions(device.command("revoke"))
    .description("revoke this device, or one that it let in; with --data cut one off at the broker")
    .argument("[kid]", "the fingerprint of the device (default: this one)")
    .addHelpText(
      "after",
      `
Your own word is signed, and everyone who pinned the device hears of it. The operator's is not: the broker takes nothing
from the device any more, and tells nobody. For all devices at once, signed, see: confirm account recover

Examples:
  confirm device revoke MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL
  confirm device revoke MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL --id bob@example.com --data /var/lib/mesh-confirm`,
    )
    .action((kid: string | undefined, options: DeviceOptions) =>
      run((context) => (isOperator(options) ? cutOff : revoke)(context, kid, options)),
    );
}

const deviceText = ({ Kid, State, LastSeen, DeviceName }: DeviceEntry): string =>
  `${Kid}  ${State.padEnd(7)}  ${LastSeen ?? "never"}  ${printable(DeviceName)}`;

async function listed(context: Context, options: DeviceOptions): Promise<readonly DeviceEntry[]> {
  if (!isOperator(options)) return (await ownLine(context, options)).list();
  const account = accountOf(options);
  return withStore(context, options, async (store) => {
    if (!(await store.hasAccount(account))) throw new CliError(EXIT.failed, `There is no account ${account}.`);
    return (await store.devices(account)).map(deviceEntry);
  });
}

/** @throws CliError usage */
function accountOf({ id }: DeviceOptions): string {
  if (id === undefined) throw new CliError(EXIT.failed, "With --data or --store, say whose devices with --id.");
  return parseAccount(id).id;
}

/** This home's device, and its line to the broker. */
async function ownLine(context: Context, options: DeviceOptions) {
  const device = await chooseDevice(context, options.id);
  const { key } = device;
  const { line } = homeLine(context, device);
  return {
    device,
    list: () => line.devices(device),
    revoke: async (kid: string) =>
      line.devices(device, await signRevocation(key, { account: device.account, kid, created: Date.now() })),
  };
}

/** The user's revocation. The keys of this device are no use after its own, so they go. */
async function revoke(context: Context, typed: string | undefined, options: DeviceOptions): Promise<Exit> {
  const { device, ...line } = await ownLine(context, options);
  const kid = typed === undefined ? device.key.kid : parseKid(typed);
  const devices = await line.revoke(kid);
  if (kid === device.key.kid) await forgetDevice(context.home, device);
  if (!devices.some(({ State }) => State === "active")) {
    context.output.note(`that was the last device of ${device.account}: a new one needs a code from the operator`);
  }
  context.output.result(`revoked ${kid}`, { account: device.account, kid });
  return EXIT.done;
}

/** The operator's: no one else is told, so nothing is signed. */
async function cutOff(context: Context, typed: string | undefined, options: DeviceOptions): Promise<Exit> {
  const account = accountOf(options);
  if (typed === undefined)
    throw new CliError(EXIT.failed, "With --data or --store, say which device: its fingerprint.");
  const kid = parseKid(typed);
  const settled = await withStore(context, options, (store) =>
    store.revokeDevice({ account, kid, revocation: undefined, now: Date.now() }),
  );
  if (settled === undefined)
    throw new CliError(EXIT.failed, `${account} has no such device, or it is revoked already.`);
  context.output.result(`cut off ${kid}`, { account, kid, cancelled: settled.length });
  return EXIT.done;
}
