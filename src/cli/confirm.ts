#!/usr/bin/env node
/** The `confirm` command: a file per sub-command in `commands/`. */
import { Command } from "commander";
import { addAccount } from "./commands/account.ts";
import { addAnswers } from "./commands/answer.ts";
import { addAsk } from "./commands/ask.ts";
import { addBroker } from "./commands/broker.ts";
import { addConnect } from "./commands/connect.ts";
import { addKeys } from "./commands/keys.ts";
import { addPending } from "./commands/pending.ts";
import { addPins } from "./commands/pins.ts";
import { addPost } from "./commands/post.ts";
import { addStatus } from "./commands/status.ts";
import { addVerify } from "./commands/verify.ts";
import type { GlobalOptions } from "./context.ts";
import { EXIT } from "./exit.ts";
import { runner } from "./run.ts";
import { packageVersion } from "./version.ts";

process.exitCode = EXIT.failed;

const program = new Command("confirm")
  .description("Ask the user first: the Mesh Confirmation Protocol.")
  .version(packageVersion())
  .option("--home <dir>", "keys, pins and requests (CONFIRM_HOME; default ~/.config/mesh-confirm)")
  .option("--broker <url>", "the broker's address (CONFIRM_BROKER; default: the account's own domain)")
  .option("--from <account>", "the name that requests are made in (CONFIRM_FROM)")
  .option("--json", "print results as JSON")
  .showHelpAfterError("(see: confirm --help)")
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? EXIT.done : EXIT.failed);
  })
  .addHelpText(
    "after",
    `
Examples:
  confirm broker                                           run a broker on this machine
  confirm account add bob@localhost                        make an account, print its connect code
  confirm ask bob@localhost "Open pod bay doors"           ask, and wait for the answer
  confirm verify receipt.json                              check a receipt`,
  );

const run = runner(() => program.opts<GlobalOptions>(), process.env);
for (const add of [
  addAsk,
  addPost,
  addStatus,
  addConnect,
  addPending,
  addAnswers,
  addVerify,
  addKeys,
  addPins,
  addBroker,
  addAccount,
]) {
  add(program, run);
}
await program.parseAsync();
