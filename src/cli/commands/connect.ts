/** `confirm connect`: makes this command line a device of an account, by the code that the operator gave. */
import { hostname } from "node:os";
import type { Command } from "commander";
import { connectDevice } from "../../client/index.ts";
import {
  encryptionJwkOf,
  exportPair,
  newEncryptionPair,
  newSigningPair,
  parseConnectCode,
  signDeviceProfile,
  signingKeyOf,
} from "../../crypto/index.ts";
import { newDiscovery } from "../../node/index.ts";
import { endpointOf, parseAccount, parseEndpoint } from "../../protocol/index.ts";
import type { AccountKey } from "../../responder/index.ts";
import { gateText } from "../../srml/index.ts";
import type { Context } from "../context.ts";
import { loadDevices, saveDevice } from "../device-home.ts";
import { CliError, EXIT } from "../exit.ts";
import type { Run } from "../run.ts";

interface ConnectOptions {
  readonly name: string;
  readonly replace?: boolean;
}

export function addConnect(program: Command, run: Run): void {
  program
    .command("connect")
    .description("make this machine a device of an account, by its connect code")
    .argument("<account>", "the account, such as bob@example.com")
    .argument("[code]", "the code that `confirm account add` printed; an open broker needs none for a new account")
    .option("--name <text>", "what the device is called", `confirm on ${hostname().slice(0, 40)}`)
    .option("--replace", "also where the account is connected here already: its old keys are lost")
    .addHelpText("after", "\nExample:\n  confirm connect bob@example.com ABCD-EFGH-2345-QRST")
    .action((accountText: string, codeText: string | undefined, options: ConnectOptions) =>
      run(async (context) => {
        const account = parseAccount(accountText).id;
        const code = codeText === undefined ? undefined : parseConnectCode(codeText);
        if (codeText !== undefined && code === undefined)
          throw new CliError(EXIT.failed, "A connect code looks like ABCD-EFGH-2345-QRST.");
        const deviceName = nameOf(options.name);
        const broker = context.broker === undefined ? endpointOf(account) : parseEndpoint(context.broker);
        if (options.replace !== true) await requireNew(context, { account, broker });
        const signing = await newSigningPair({ extractable: true });
        const encryption = await newEncryptionPair({ extractable: true });
        const key = await signingKeyOf(signing);
        const profile = await signDeviceProfile(key, {
          account,
          encryptionKey: await encryptionJwkOf(encryption),
          created: Date.now(),
        });
        const connected = await connectDevice(
          { account, code, deviceName, key, profile },
          { endpoint: broker, fetch: newDiscovery().fetchFor(account, broker), clock: Date.now },
        );
        if (!connected.ok) {
          throw new CliError(
            EXIT.undeliverable,
            connected.outcome.StatusDescription ?? "The broker refused.",
            "refused",
          );
        }
        await saveDevice(context.home, {
          account,
          broker,
          deviceName,
          service: connected.service.jwk,
          profile,
          signing: await exportPair(signing),
          encryption: await exportPair(encryption),
        });
        context.output.note(`this device's fingerprint is ${key.kid}; the broker's is ${connected.service.kid}`);
        if (code === undefined) {
          context.output.note("first use of this broker: without a code nothing proved that its key is the right one");
        }
        if (connected.state === "pending") {
          context.output.note(
            "the device gets no requests until another device of the account lets it in, by the last two groups of its " +
              `fingerprint: ${key.kid.slice(-11)}`,
          );
        }
        context.output.result(key.kid, {
          account,
          broker,
          kid: key.kid,
          service: connected.service.kid,
          state: connected.state,
        });
        return EXIT.done;
      }),
    );
}

/** The keys of a device are nowhere else, and a second device of an account needs the first one's consent. */
async function requireNew({ home }: Context, { account, broker }: AccountKey): Promise<void> {
  const devices = await loadDevices(home);
  if (!devices.some((device) => device.account === account && device.broker === broker)) return;
  throw new CliError(
    EXIT.failed,
    `${account} is connected here already. For another device give another --home; --replace loses this one's keys.`,
  );
}

/** @throws CliError usage; SrmlError for what no screen should show */
function nameOf(text: string): string {
  gateText(text, "name");
  if (text === "" || text.length > 60) throw new CliError(EXIT.failed, "--name has 1 to 60 characters.");
  return text;
}
