/** `confirm keys`: the fingerprints of the keys in this home, and the public half for whoever is to know them. */
import type { Command } from "commander";
import type { SigningKey } from "../../crypto/index.ts";
import { loadSigningKey } from "../../node/index.ts";
import { parseAccount } from "../../protocol/index.ts";
import { type Context, keyPath } from "../context.ts";
import { notDamaged } from "../damaged.ts";
import { loadDevices } from "../device-home.ts";
import { EXIT } from "../exit.ts";
import type { Run } from "../run.ts";

/** The key that signs requests, made on first use. */
const ownKey = ({ home }: Context): Promise<SigningKey> =>
  notDamaged(keyPath(home), () => loadSigningKey(keyPath(home)));

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

/** @throws ProtocolError `account` */
const localPart = (text: string): string => (text === "*" ? text : parseAccount(`${text}@a.example`).local);

export function addKeys(program: Command, run: Run): void {
  const keys = program
    .command("keys")
    .description("the keys in this home")
    .addHelpText("after", "\nExample:\n  confirm keys show");
  keys
    .command("show")
    .description("the fingerprints: the enquirer's, and each device's")
    .addHelpText("after", "\nExample:\n  confirm keys show")
    .action(() =>
      run(async (context) => {
        const enquirer = await ownKey(context);
        const devices = await loadDevices(context.home);
        const lines = [
          `enquirer  ${enquirer.kid}`,
          ...devices.map((device) => `device    ${device.key.kid}  ${device.account} at ${device.broker}`),
        ];
        context.output.result(lines.join("\n"), {
          enquirer: enquirer.kid,
          devices: devices.map(({ account, broker, key }) => ({ account, broker, kid: key.kid })),
        });
        return EXIT.done;
      }),
    );
  keys
    .command("export")
    .description("the enquirer's public key as a JWK, or as the key set that its domain publishes")
    .option(
      "--jwks <local>",
      "a key set in which it asks as LOCAL@ the domain; * for every account; may be repeated",
      collect,
    )
    .addHelpText(
      "after",
      "\nExamples:\n  confirm keys export > enquirer.jwk\n  confirm keys export --jwks payments > keys.json",
    )
    .action(({ jwks }: { readonly jwks?: readonly string[] }) =>
      run(async (context) => {
        const { jwk, kid } = await ownKey(context);
        const named = { ...jwk, kid };
        const published = jwks === undefined ? named : { keys: [{ ...named, confirm_accounts: jwks.map(localPart) }] };
        context.output.result(JSON.stringify(published), published);
        return EXIT.done;
      }),
    );
}
