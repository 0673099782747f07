/** `confirm account`: the broker's accounts, on its own store, also while it runs. */
import { join, resolve } from "node:path";
import { type Command, Option } from "commander";
import type { Store } from "../../broker/index.ts";
import { newConnectCode, showConnectCode } from "../../crypto/index.ts";
import { type AccountEntry, isBrokerAccount, LIMITS, parseAccount } from "../../protocol/index.ts";
import type { Context } from "../context.ts";
import { deviceEntry } from "../device-entry.ts";
import { CliError, EXIT } from "../exit.ts";
import type { Run } from "../run.ts";

export interface StoreOptions {
  readonly data?: string;
  readonly store?: string;
}

/** Where the broker of this home keeps its data, unless it is told otherwise. */
export function storePlace(context: Context, options: StoreOptions): string {
  return options.store ?? resolve(options.data ?? join(context.home, "broker"));
}

/** Adds the options that name the broker's store. */
export function withStoreOptions(
  command: Command,
  data = "the broker's folder (default: broker, in the home folder)",
): Command {
  return command
    .option("--data <dir>", data)
    .addOption(
      new Option(
        "--store <url>",
        "instead of a folder, the broker's PostgreSQL: postgres://USER@HOST/DATABASE",
      ).conflicts("data"),
    );
}

export async function withStore<T>(
  context: Context,
  options: StoreOptions,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  // The broker is as much again as all the rest, and only this command and `confirm broker` need it.
  const { openStore } = await import("../../broker/index.ts");
  const store = await openStore(storePlace(context, options));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

export function addAccount(program: Command, run: Run): void {
  const account = program
    .command("account")
    .description("the broker's accounts, also while it runs")
    .addHelpText("after", "\nExample:\n  confirm account add alice@localhost");
  withStoreOptions(account.command("add"))
    .description("add an account, or a device to one: prints a connect code, good for 10 minutes and one device")
    .argument("<account>", "such as alice@example.com")
    .addHelpText("after", "\nExample:\n  confirm account add alice@example.com --data /var/lib/mesh-confirm")
    .action((text: string, options: StoreOptions) =>
      run(async (context) => {
        const { id } = parseAccount(text);
        if (isBrokerAccount(id)) throw new CliError(EXIT.failed, `${id} is the name that the broker itself asks by.`);
        const code = newConnectCode();
        await withStore(context, options, async (store) => {
          const now = Date.now();
          const fresh = await store.addAccount(id, now);
          if (!(await store.addCode({ account: id, code, now, expires: now + LIMITS.connectCodeMs }))) {
            throw new CliError(EXIT.failed, `${id} was removed in the meantime.`);
          }
          context.output.note(fresh ? `added ${id}; its connect code:` : `${id} exists; a code for a further device:`);
        });
        context.output.result(showConnectCode(code), { account: id, code: showConnectCode(code) });
        return EXIT.done;
      }),
    );
  withStoreOptions(account.command("list"))
    .description("the accounts, each with its devices")
    .addHelpText("after", "\nExample:\n  confirm account list --json")
    .action((options: StoreOptions) =>
      run(async (context) => {
        const rows = await withStore(context, options, async (store) => {
          const found = [];
          for (const one of await store.accounts()) {
            const devices = await store.devices(one.account);
            found.push({
              account: one.account,
              devices: devices.map(({ kid, name, state }) => ({ kid, name, state })),
            });
          }
          return found;
        });
        const lines = rows.flatMap((row) => [
          row.account,
          ...row.devices.map((device) => `  ${device.kid}  ${device.state}  ${device.name}`),
        ]);
        if (rows.length === 0) context.output.note("there are no accounts");
        if (rows.length > 0 || context.json) context.output.result(lines.join("\n"), rows);
        return EXIT.done;
      }),
    );
  withStoreOptions(account.command("remove"))
    .description("remove an account and its devices; what was pending is cancelled")
    .argument("<account>", "such as alice@example.com")
    .addHelpText("after", "\nExample:\n  confirm account remove alice@example.com")
    .action((text: string, options: StoreOptions) =>
      run(async (context) => {
        const { id } = parseAccount(text);
        const settled = await withStore(context, options, (store) => store.removeAccount(id, Date.now()));
        if (settled === undefined) throw new CliError(EXIT.failed, `There is no account ${id}.`);
        context.output.result(`removed ${id}`, { account: id, cancelled: settled.length });
        return EXIT.done;
      }),
    );
  withStoreOptions(account.command("recover"))
    .description("all devices are lost: revoke them, and print a connect code for a new one")
    .argument("<account>", "such as alice@example.com")
    .addHelpText(
      "after",
      `
Everyone who pinned one of the old devices gets an alarm, "device replaced by the operator", until a person there has
compared the new device's fingerprint and pinned it. What the old devices signed before stays good.

Example:
  confirm account recover alice@example.com --data /var/lib/mesh-confirm`,
    )
    .action((text: string, options: StoreOptions) =>
      run(async (context) => {
        const { id } = parseAccount(text);
        const { recoverAccount, serviceKeyOf } = await import("../../broker/index.ts");
        const recovered = await withStore(context, options, async (store) =>
          recoverAccount(store, await serviceKeyOf(store), id, Date.now()),
        );
        if (recovered === undefined) throw new CliError(EXIT.failed, `There is no account ${id}.`);
        const { revoked, settled } = recovered;
        context.output.note(
          `revoked ${revoked.length} devices of ${id}, cancelled ${settled.length} requests; a code:`,
        );
        const code = showConnectCode(recovered.code);
        context.output.result(code, { account: id, code, revoked, cancelled: settled.length });
        return EXIT.done;
      }),
    );
  withStoreOptions(account.command("export"))
    .description("print an account as JSON: its requests by BrokerID, its devices with what was signed about them")
    .argument("<account>", "such as alice@example.com")
    .addHelpText(
      "after",
      "\nWhoever knows a BrokerID may ask for its answer: keep what is printed.\n\nExample:\n  confirm account export alice@example.com",
    )
    .action((text: string, options: StoreOptions) =>
      run(async (context) => {
        const { id } = parseAccount(text);
        const exported = await withStore(context, options, (store) => exportAccount(store, id));
        if (exported === undefined) throw new CliError(EXIT.failed, `There is no account ${id}.`);
        context.output.result(JSON.stringify(exported, null, 2), exported);
        return EXIT.done;
      }),
    );
}

/** An AccountEntry (-01 §6.4.1) with the account's devices. */
async function exportAccount(store: Store, account: string): Promise<object | undefined> {
  if (!(await store.hasAccount(account))) return undefined;
  const requests = await store.requestsOf(account);
  const devices = await store.devices(account);
  const entry: AccountEntry = {
    ResponderAccount: account,
    RequestIDs: requests.pending,
    ResponseIDs: requests.answered,
    ArchivedIDs: requests.archived,
  };
  return {
    AccountEntry: {
      ...entry,
      Devices: devices.map((device) => ({
        ...deviceEntry(device),
        DeviceProfile: device.profile,
        ...(device.endorsement === undefined ? {} : { Endorsement: device.endorsement }),
        ...(device.revocation === undefined ? {} : { Revocation: device.revocation }),
      })),
    },
  };
}
