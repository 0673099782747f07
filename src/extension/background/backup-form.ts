/**
 * A backup as a file: written here, and read back. A file is whoever's who made it: one that is not exactly as this
 * version writes it is refused whole. Pure.
 */
import {
  DateTime,
  formatTime,
  integer,
  type JsonValue,
  list,
  object,
  oneOf,
  parseAccount,
  parseTime,
  ProtocolError,
  type ReadOf,
  scanJson,
  tagged,
  text,
} from "../../protocol/index.ts";
import { type AccountKey, KEEPS } from "../../responder/index.ts";
import { gateText, SrmlError } from "../../srml/index.ts";
import { BACKUP_BYTES } from "../backup-bytes.ts";
import type { BackupFailure, NamedKey, PinView, Settings } from "../messages.ts";
import { PREFERENCES } from "../preferences.ts";
import { FINGERPRINT } from "./pinning.ts";

const VERSION = 1;
const MOST = 500;

/** An account as it is compared: its domain in lower case. */
const Name = text(3, 254, {
  check: (value) => {
    if (parseAccount(value).id !== value) throw new ProtocolError("account", "The domain is not in lower case.");
  },
});
export const Fingerprint = text(35, 35, { pattern: FINGERPRINT });
const Word = text(0, 200, { check: (value) => gateText(value, "text") });
const Address = text(1, 500, { check: (value) => gateText(value, "text") });

const Form = tagged(
  "Backup",
  object({
    Version: integer(VERSION, VERSION),
    Created: DateTime,
    Pins: list(object({ FromID: Name, Kid: Fingerprint, Checked: Word, Added: DateTime }), 0, MOST),
    Muted: list(object({ FromID: Name, Kid: Fingerprint }), 0, MOST),
    Settings: object({
      Theme: oneOf(...PREFERENCES.theme),
      Notifications: oneOf(...PREFERENCES.notifications),
      History: oneOf(...KEEPS),
    }),
    Accounts: list(object({ Account: Name, Broker: Address, Device: Fingerprint }), 0, MOST),
  }),
);
const AnyVersion = tagged("Backup", object({ Version: integer(1, Number.MAX_SAFE_INTEGER) }));

/** What a backup holds. Instants are milliseconds since 1970. */
export interface Backup {
  readonly created: number;
  readonly pins: readonly PinView[];
  readonly muted: readonly NamedKey[];
  readonly settings: Settings;
  /** What there was to connect, for the user to know: nothing is done with it. */
  readonly accounts: readonly (AccountKey & { readonly deviceKid: string })[];
}

/**
 * What is put into the file. What the user wrote of a pin is left out where it could not be shown from a file.
 *
 * @throws Error where the file could not be read back: what cannot be restored is no backup
 */
export function writeBackup({ created, pins, muted, settings, accounts }: Backup): ReadOf<typeof Form> {
  const written = {
    Version: VERSION,
    Created: formatTime(created),
    Pins: pins.map(({ fromId, kid, checkedBy, added }) => ({
      ...{ FromID: fromId, Kid: kid },
      ...{ Checked: passes(checkedBy) ? checkedBy : "", Added: formatTime(added) },
    })),
    Muted: muted.map(({ fromId, kid }) => ({ FromID: fromId, Kid: kid })),
    Settings: { Theme: settings.theme, Notifications: settings.notifications, History: settings.history },
    Accounts: accounts.map(({ account, broker, deviceKid }) => ({
      ...{ Account: account, Broker: broker, Device: deviceKid },
    })),
  };
  if (typeof readBackup(JSON.stringify({ Backup: written }, null, 2)) === "string") {
    throw new Error("There is more than a backup holds.");
  }
  return written;
}

/** Reads a file; the failure where it is none that this version wrote. */
export function readBackup(file: string): Backup | BackupFailure {
  try {
    const scanned = scanJson(file, BACKUP_BYTES);
    return AnyVersion.read(scanned, "file").Version > VERSION ? "newer" : backupOf(scanned);
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof SrmlError) return "malformed";
    throw error;
  }
}

function backupOf(scanned: JsonValue): Backup | BackupFailure {
  const read = Form.read(scanned, "file");
  // Nothing beside it, nothing twice, and nothing in another case or order.
  const isExact = JSON.stringify({ Backup: read }) === JSON.stringify(scanned);
  const isOnce = [read.Pins.map(({ FromID, Kid }) => `${FromID} ${Kid}`), read.Muted.map(({ Kid }) => Kid)].every(
    (names) => new Set(names).size === names.length,
  );
  if (!isExact || !isOnce) return "malformed";
  return {
    created: parseTime(read.Created),
    pins: read.Pins.map(({ FromID, Kid, Checked, Added }) => ({
      ...{ fromId: FromID, kid: Kid, checkedBy: Checked, added: parseTime(Added) },
    })),
    muted: read.Muted.map(({ FromID, Kid }) => ({ fromId: FromID, kid: Kid })),
    settings: {
      theme: read.Settings.Theme,
      notifications: read.Settings.Notifications,
      history: read.Settings.History,
    },
    accounts: read.Accounts.map(({ Account, Broker, Device }) => ({
      ...{ account: Account, broker: Broker, deviceKid: Device },
    })),
  };
}

function passes(word: string): boolean {
  try {
    gateText(word, "text");
    return true;
  } catch (error) {
    if (error instanceof SrmlError) return false;
    throw error;
  }
}
