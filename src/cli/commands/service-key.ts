/** `confirm service-key`: the key that the broker signs with, shown and replaced on its own store, also while it runs. */
import type { Command } from "commander";
import { parseDuration } from "../duration.ts";
import { CliError, EXIT } from "../exit.ts";
import type { Run } from "../run.ts";
import { type StoreOptions, withStore, withStoreOptions } from "./account.ts";

interface RotateOptions extends StoreOptions {
  readonly in: string;
}

const day = (instant: number): string => new Date(instant).toISOString();

export function addServiceKey(program: Command, run: Run): void {
  const serviceKey = program
    .command("service-key")
    .description("the key that the broker signs with, also while it runs")
    .addHelpText("after", "\nExample:\n  confirm service-key show");
  withStoreOptions(serviceKey.command("show"))
    .description("the fingerprints: the key that signs, those before it, and the one announced")
    .addHelpText("after", "\nExample:\n  confirm service-key show --data /var/lib/mesh-confirm")
    .action((options: StoreOptions) =>
      run(async (context) => {
        const { serviceKeysOf, signerAt } = await import("../../broker/index.ts");
        const now = Date.now();
        const keys = await withStore(context, options, serviceKeysOf);
        const signer = signerAt(keys, now);
        const rows = keys.map((one, index) => {
          const until = keys[index + 1]?.since;
          const state = one === signer ? "signs" : one.since !== undefined && one.since > now ? "announced" : "former";
          return { kid: one.key.kid, state, since: one.since, until };
        });
        const text = ({ kid, state, since, until }: (typeof rows)[number]): string =>
          `${kid}  ${state}${since === undefined ? "" : `  from ${day(since)}`}${until === undefined ? "" : `  until ${day(until)}`}`;
        context.output.result(rows.map(text).join("\n"), rows);
        return EXIT.done;
      }),
    );
  withStoreOptions(serviceKey.command("rotate"))
    .description("make the next key, announce it signed by the present one, and let it take over")
    .option("--in <duration>", "for how long it is announced before it signs: 10m, 24h, 7d", "24h")
    .addHelpText(
      "after",
      `
Clients that pinned the present key follow its signature to the next one. So this is for a key that is still yours alone:
whoever has a copy of it could hand over to a key of their own. After a theft make a new broker, and have everybody pin it.

Example:
  confirm service-key rotate --in 7d --data /var/lib/mesh-confirm`,
    )
    .action((options: RotateOptions) =>
      run(async (context) => {
        const announcedMs = parseDuration(options.in);
        const { rotateServiceKey } = await import("../../broker/index.ts");
        const now = Date.now();
        const rotation = await withStore(context, options, (store) => rotateServiceKey(store, now, now + announcedMs));
        if (rotation.kind === "waiting") {
          throw new CliError(EXIT.failed, `${rotation.next} is announced and takes over at ${day(rotation.since)}.`);
        }
        context.output.note(`announced; it takes over from ${rotation.former} at ${day(rotation.since)}`);
        context.output.result(rotation.next, rotation);
        return EXIT.done;
      }),
    );
}
