/** What every command gets: where the user's files are, which broker, how to print. */
import { hostname, userInfo } from "node:os";
import { resolve } from "node:path";
import { parseAccount } from "../protocol/index.ts";
import { defaultHome } from "../node/index.ts";
import { Enquirer, type Notice } from "../enquirer/index.ts";
import { type Output, processOutput } from "./output.ts";

export interface GlobalOptions {
  readonly home?: string;
  readonly broker?: string;
  readonly from?: string;
  readonly json?: boolean;
}

export interface Context {
  readonly home: string;
  /** The broker's address, where one was given. */
  readonly broker: string | undefined;
  /** The name that requests are made in. */
  readonly fromId: string;
  readonly json: boolean;
  readonly output: Output;
}

/** Reads the options that every command has, and the environment behind them. */
export function contextOf(options: GlobalOptions, env: NodeJS.ProcessEnv): Context {
  const broker = options.broker ?? env["CONFIRM_BROKER"] ?? "";
  const json = options.json === true;
  return {
    home: resolve(options.home ?? defaultHome(env)),
    broker: broker === "" ? undefined : broker,
    fromId: options.from ?? env["CONFIRM_FROM"] ?? defaultFrom(),
    json,
    output: processOutput(json),
  };
}

/** `USER@HOSTNAME.invalid`, with what an account cannot have left out: it claims nothing that could be checked. */
function defaultFrom(): string {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9-]/g, "")
      .replace(/^-+|-+$/g, "");
  const name = `${plain(userInfo().username) || "user"}@${plain(hostname().split(".")[0] ?? "").slice(0, 60) || "host"}.invalid`;
  return parseAccount(name).id;
}

/** The enquirer of the user's home. */
export function openEnquirer(context: Context): Promise<Enquirer> {
  return Enquirer.open({
    home: context.home,
    fromId: context.fromId,
    ...(context.broker === undefined ? {} : { broker: context.broker }),
    onNotice: (notice) => {
      const text = noticeText(notice);
      if (text !== undefined) context.output.note(text);
    },
  });
}

function noticeText(notice: Notice): string | undefined {
  switch (notice.kind) {
    case "service_first_use":
      return `first use of ${notice.endpoint}: its key is ${notice.kid}, now pinned`;
    case "device_first_use":
      return (
        `first use of ${notice.account}: trusting the devices that its broker names (${notice.kids.join(", ")}), now pinned. ` +
        "Compare them with what the user sees, or give --pin."
      );
    case "unpinned_device":
      return `the broker names a device of ${notice.account} that is not pinned and does not count: ${notice.kids.join(", ")}`;
    case "waiting":
      return `waiting for an answer to ${notice.brokerId}, until ${new Date(notice.expire).toLocaleTimeString()}`;
    case "retrying":
      return `${notice.why} Trying again.`;
  }
}
