/** All of `confirm`: its options and sub-commands, a file per sub-command in `commands/`. */
import { Command, type CommanderError } from "commander";
import { addAccount } from "./commands/account.ts";
import { addAnswers } from "./commands/answer.ts";
import { addAsk } from "./commands/ask.ts";
import { addAudit } from "./commands/audit.ts";
import { addBroker } from "./commands/broker.ts";
import { addConnect } from "./commands/connect.ts";
import { addDevice } from "./commands/device.ts";
import { addEnquirer } from "./commands/enquirer.ts";
import { addKeys } from "./commands/keys.ts";
import { addPending } from "./commands/pending.ts";
import { addPins } from "./commands/pins.ts";
import { addPolicy } from "./commands/policy.ts";
import { addPost } from "./commands/post.ts";
import { addServiceKey } from "./commands/service-key.ts";
import { addStatus } from "./commands/status.ts";
import { addVerify } from "./commands/verify.ts";
import type { GlobalOptions } from "./context.ts";
import { EXIT } from "./exit.ts";
import { processOutput } from "./output.ts";
import { runner } from "./run.ts";

/** Makes the command. Parsing its arguments runs it; a mistyped one, and help, end the process. */
export function makeProgram(env: NodeJS.ProcessEnv, version: string): Command {
  const program = new Command("confirm")
    .description("Ask the user first: the Mesh Confirmation Protocol.")
    .version(version, "-V, --version", "print the version")
    .option("--home <dir>", "keys, pins and requests (CONFIRM_HOME; default: ~/.config/mesh-confirm)")
    .option("--broker <url>", "the broker's address (CONFIRM_BROKER; default: the account's own domain)")
    .option("--from <account>", "the name that requests are made in (CONFIRM_FROM; default: USER@HOSTNAME.invalid)")
    .option("--json", "print one JSON value on stdout, also on failure")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .configureHelp({ showGlobalOptions: true })
    .exitOverride(exit)
    .addHelpText(
      "after",
      `
Examples:
  confirm broker                                           run a broker on this machine
  confirm account add bob@localhost                        make an account, print its connect code
  confirm ask bob@localhost "Open pod bay doors"           ask, and wait for the answer
  confirm verify receipt.json                              check a receipt`,
    );

  const run = runner(() => program.opts<GlobalOptions>(), env);
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
    addEnquirer,
    addServiceKey,
    addAudit,
    addPolicy,
    addDevice,
  ]) {
    add(program, run);
  }
  hintAtHelp(program, "confirm");
  return program;
}

/** How the parser of the command line ends: help and version were asked for, or something was typed wrong. */
function exit(error: CommanderError): never {
  if (error.exitCode === 0) process.exit(EXIT.done);
  const message = error.code === "commander.help" ? "a command is missing" : error.message.replace(/^error: /, "");
  if (wantsJson()) processOutput(true).result("", { error: "usage", message });
  process.exit(EXIT.failed);
}

/** Also before the options are parsed, and where they cannot be. */
export function wantsJson(): boolean {
  const end = process.argv.indexOf("--");
  return process.argv.slice(2, end === -1 ? undefined : end).includes("--json");
}

/** Whoever mistypes a command is sent to its own help. */
function hintAtHelp(command: Command, name: string): void {
  command.showHelpAfterError(`(see: ${name} --help)`);
  for (const child of command.commands) hintAtHelp(child, `${name} ${child.name()}`);
}
