/** `confirm broker`: runs the broker until it is told to stop. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import type { BrokerOptions, Policy } from "../../broker/index.ts";
import { DEFAULT_PORT } from "../../protocol/index.ts";
import { CliError, EXIT, type Exit } from "../exit.ts";
import type { Context } from "../context.ts";
import type { Run } from "../run.ts";
import { untilStopped } from "../stop-signal.ts";
import { type StoreOptions, storePlace, withStoreOptions } from "./account.ts";

interface BrokerCommandOptions extends StoreOptions {
  readonly listen: string;
  readonly publicUrl?: readonly string[];
  readonly domain?: readonly string[];
  readonly open?: boolean;
  readonly policy?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  /** True where no address was given. */
  readonly behindProxy?: string | true;
}

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

export function addBroker(program: Command, run: Run): void {
  withStoreOptions(program.command("broker"))
    .description("run a broker, until Ctrl-C; its log is on standard error")
    .option("--listen <address>", "where to listen", `127.0.0.1:${DEFAULT_PORT}`)
    .option(
      "--public-url <url>",
      "the address that callers use, where it is another than --listen; may be repeated",
      collect,
    )
    .option("--domain <domain>", "a domain whose accounts live here; may be repeated (default: localhost)", collect)
    .option("--open", "let anyone make an account of these domains")
    .option("--policy <file>", "a JSON file with limits and rules (default: the built-in ones)")
    .option("--tls-cert <file>", "speak TLS: the certificate and those of its issuers, in PEM")
    .option("--tls-key <file>", "the certificate's private key, in PEM")
    .option(
      "--behind-proxy [addresses]",
      "take calls from a proxy alone, and their source from its X-Forwarded-For; its addresses, with commas (default: this machine)",
    )
    .addHelpText(
      "after",
      `
Examples:
  confirm broker
  confirm broker --listen 0.0.0.0:443 --domain a.example --public-url https://a.example --tls-cert c.pem --tls-key k.pem
  confirm broker --data /var/lib/mesh-confirm --domain example.com --public-url https://example.com --behind-proxy
  confirm broker --store postgres://confirm@localhost/confirm --domain a.example --public-url https://a.example`,
    )
    .action((options: BrokerCommandOptions) =>
      run((context) => untilStopped(({ signal }) => serve(context, signal, options), EXIT.failed)),
    );
}

async function serve(context: Context, signal: AbortSignal, options: BrokerCommandOptions): Promise<Exit> {
  const listen = parseListen(options.listen);
  const { openStore, startBroker } = await import("../../broker/index.ts");
  const policy = options.policy === undefined ? {} : { policy: await loadPolicy(options.policy) };
  const place = storePlace(context, options);
  const broker = await startBroker({
    store: await openStore(place),
    listen,
    publicUrls: options.publicUrl ?? [],
    domains: options.domain ?? [],
    open: options.open === true,
    ...lineOptions(options),
    ...policy,
  });
  const { endpoint, serviceKid } = broker;
  context.output.note(`the broker listens at ${endpoint}; its key is ${serviceKid}`);
  const shown = options.store === undefined ? place : withoutSecrets(place);
  context.output.note(`its data is in ${shown}; stop it with Ctrl-C`);
  if (context.json) context.output.result("", { endpoint, serviceKid, data: shown });
  if (!signal.aborted) await once(signal, "abort");
  await broker.close();
  return EXIT.done;
}

/** The address of a database without a password, which may stand in two places of it. */
function withoutSecrets(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

function parseListen(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port = ""] = /^(?:\[([\da-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) {
    throw new CliError(EXIT.failed, `--listen looks like 127.0.0.1:${DEFAULT_PORT}.`);
  }
  return { host, port: Number(port) };
}

/** Who speaks TLS: the broker, a proxy, or nobody. */
function lineOptions(options: BrokerCommandOptions): Pick<BrokerOptions, "tls" | "behindProxy"> {
  const { tlsCert, tlsKey, behindProxy } = options;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new CliError(EXIT.failed, "--tls-cert and --tls-key are given together.");
  }
  const proxies = behindProxy === true ? [] : behindProxy?.split(",");
  return {
    ...(tlsCert === undefined || tlsKey === undefined ? {} : { tls: { certFile: tlsCert, keyFile: tlsKey } }),
    ...(proxies === undefined ? {} : { behindProxy: proxies }),
  };
}

async function loadPolicy(file: string): Promise<Policy> {
  const content = await readFile(file, "utf8").catch(() => {
    throw new CliError(EXIT.failed, `The policy file ${file} cannot be read.`);
  });
  const { readPolicy } = await import("../../broker/index.ts");
  return readPolicy(content);
}
