/** `confirm enquirer`: the keys that the broker's operator registered; a policy may take requests of these alone. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Command } from "commander";
import { readPublicKey, type VerifyKey } from "../../crypto/index.ts";
import { LIMITS, ProtocolError, scanJson } from "../../protocol/index.ts";
import { gateText } from "../../srml/index.ts";
import { CliError, EXIT } from "../exit.ts";
import { parseKid } from "../kid.ts";
import { printable } from "../output.ts";
import type { Run } from "../run.ts";
import { type StoreOptions, withStore, withStoreOptions } from "./account.ts";

interface AddOptions extends StoreOptions {
  readonly name?: string;
}

export function addEnquirer(program: Command, run: Run): void {
  const enquirer = program
    .command("enquirer")
    .description("the enquirers that the broker knows, also while it runs")
    .addHelpText("after", "\nExample:\n  confirm enquirer add enquirer.jwk");
  withStoreOptions(enquirer.command("add"))
    .description("register an enquirer's public key: it counts as known, whatever name it asks in")
    .argument("<file>", "a JWK, as `confirm keys export` prints it; a private key is refused")
    .option("--name <name>", "what to call it in the list (default: the file's name)")
    .addHelpText("after", '\nExample:\n  confirm enquirer add enquirer.jwk --name "Bank of Ethel"')
    .action((file: string, options: AddOptions) =>
      run(async (context) => {
        const key = await keyIn(file);
        const name = nameOf(options.name ?? basename(file));
        const isNew = await withStore(context, options, (store) =>
          store.addEnquirer({ kid: key.kid, jwk: key.jwk, name, now: Date.now() }),
        );
        if (!isNew) context.output.note(`${key.kid} is registered already`);
        context.output.result(key.kid, { kid: key.kid, name, added: isNew });
        return EXIT.done;
      }),
    );
  withStoreOptions(enquirer.command("list"))
    .description("the registered enquirers: fingerprint and name")
    .addHelpText("after", "\nExample:\n  confirm enquirer list --json")
    .action((options: StoreOptions) =>
      run(async (context) => {
        const found = await withStore(context, options, (store) => store.enquirers());
        if (found.length === 0) context.output.note("no enquirer is registered");
        const lines = found.map(({ kid, name }) => `${kid}  ${printable(name)}`);
        if (found.length > 0 || context.json) context.output.result(lines.join("\n"), found);
        return EXIT.done;
      }),
    );
  withStoreOptions(enquirer.command("remove"))
    .description("forget an enquirer's key")
    .argument("<kid>", "its fingerprint")
    .addHelpText("after", "\nExample:\n  confirm enquirer remove MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL")
    .action((text: string, options: StoreOptions) =>
      run(async (context) => {
        const kid = parseKid(text);
        const removed = await withStore(context, options, (store) => store.removeEnquirer(kid, Date.now()));
        if (!removed) throw new CliError(EXIT.failed, `${kid} is not registered.`);
        context.output.result(`removed ${kid}`, { kid });
        return EXIT.done;
      }),
    );
}

async function keyIn(file: string): Promise<VerifyKey> {
  const content = await readFile(file).catch(() => {
    throw new CliError(EXIT.failed, `${file} cannot be read.`);
  });
  try {
    return await readPublicKey(scanJson(content, LIMITS.messageBytes));
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    const why = error instanceof ProtocolError ? "it is not JSON" : error.message.replace(/\.$/, "");
    throw new CliError(EXIT.failed, `${file} is not a public key: ${why}.`);
  }
}

function nameOf(text: string): string {
  const name = text.trim().slice(0, 60);
  gateText(name, "name");
  return name;
}
