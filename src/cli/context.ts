/** What every command gets: where the user's files are, which broker, how to print. */
import { hostname, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { parseAccount } from "../protocol/index.ts";
import { defaultHome, pinsFile } from "../node/index.ts";
import { Enquirer, type Notice } from "../enquirer/index.ts";
import { notDamaged } from "./damaged.ts";
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
  const user = plain(userName()).slice(0, 60) || "user";
  const host = plain((hostname().split(".")[0] ?? "").slice(0, 60)) || "host";
  return parseAccount(`${user}@${host}.invalid`).id;
}

/** A user id without a name, as in a container, has no entry to read. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}

/** The enquirer of the user's home. What is damaged there is noticed before anybody is asked. */
export async function openEnquirer(context: Context): Promise<Enquirer> {
  const { home, broker } = context;
  const pins = pinsPath(home);
  await notDamaged(pins, () => pinsFile(pins).read());
  const told = new Set<string>();
  const options = {
    home,
    fromId: context.fromId,
    ...(broker === undefined ? {} : { broker }),
    onNotice: (notice: Notice) => {
      const text = noticeText(notice);
      // The broker is asked about the devices before the question and after the answer; the user need hear of them once.
      if (notice.kind === "unpinned_device" && told.has(text)) return;
      told.add(text);
      context.output.note(text);
    },
  };
  return notDamaged(keyPath(home), () => Enquirer.open(options));
}

/** The enquirer's own key in a home folder. */
export function keyPath(home: string): string {
  return join(home, "enquirer-key.json");
}

/** The pins in a home folder. */
export function pinsPath(home: string): string {
  return join(home, "pins.json");
}

function noticeText(notice: Notice): string {
  switch (notice.kind) {
    case "service_first_use":
      return `first use of ${notice.endpoint}: its key is ${notice.kid}, now pinned`;
    case "service_key_replaced":
      return `the key of ${notice.endpoint} is now ${notice.kid}, signed by the pinned one, ${notice.former}, which it follows`;
    case "device_first_use":
      return (
        `first use of ${notice.account}: trusting the devices that its broker names (${notice.kids.join(", ")}), now pinned. ` +
        "Compare them with what the user sees, or give --pin."
      );
    case "unpinned_device":
      return `the broker names a device of ${notice.account} that is not pinned and does not count: ${notice.kids.join(", ")}`;
    case "presence_first_use":
      return (
        `first use of the key for fingerprint or PIN of ${notice.account}'s device: trusting ${notice.kid}, now pinned. ` +
        "Compare it with what the user's settings show."
      );
    case "unpinned_presence":
      return (
        `the device ${notice.device} of ${notice.account} names another key for fingerprint or PIN, which does not count: ` +
        notice.kid
      );
    case "device_revoked":
      return notice.by === "service"
        ? `device replaced by the operator: the broker of ${notice.account} revoked ${notice.device}`
        : `a device of ${notice.account} was revoked by its owner and does not count any more: ${notice.device}`;
    case "waiting":
      return `waiting for an answer to ${notice.brokerId}, which expires at ${new Date(notice.expire).toLocaleTimeString()}`;
    case "retrying":
      return `${notice.why} Trying again.`;
    case "stamp_dropped":
      return `the receipt is without the broker's stamp. ${notice.why}`;
    case "not_cancelled":
      return `the broker was not told to cancel ${notice.brokerId}; until it expires it can still be answered`;
  }
}
