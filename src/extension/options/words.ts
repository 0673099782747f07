/** From each failure to the sentence that says what to do, and to the field that is to be corrected. Pure. */
import type { Keep } from "../../responder/index.ts";
import type {
  BackupFailure,
  BlockState,
  ConnectFailure,
  DevicesFailure,
  DeviceView,
  PinFailure,
  PolicyFailure,
  Preferences,
  Theme,
} from "../messages.ts";

export const CONNECT_FAILURES: Readonly<
  Record<ConnectFailure, { readonly key: string; readonly field: "account" | "code" | "broker" | undefined }>
> = {
  account: { key: "connectAccount", field: "account" },
  code: { key: "connectCode", field: "code" },
  broker: { key: "connectBroker", field: "broker" },
  unreachable: { key: "connectUnreachable", field: "broker" },
  wrong: { key: "connectWrong", field: "broker" },
  redirected: { key: "connectRedirected", field: "broker" },
  wrong_code: { key: "connectWrongCode", field: "code" },
  needs_code: { key: "connectNeedsCode", field: "code" },
  unknown_account: { key: "connectUnknownAccount", field: "account" },
  refused: { key: "connectRefused", field: undefined },
  too_many: { key: "connectTooMany", field: undefined },
  clock: { key: "connectClock", field: undefined },
  wrong_key: { key: "connectWrongKey", field: undefined },
  exists: { key: "connectExists", field: "account" },
  storage: { key: "connectStorage", field: undefined },
  failed: { key: "connectFailed", field: undefined },
};

export const DEVICES_FAILURES: Readonly<Record<DevicesFailure, string>> = {
  not_yours: "devicesNotYours",
  failed: "devicesFailed",
};

export const DEVICE_STATES: Readonly<Record<DeviceView["state"], string>> = {
  active: "deviceActive",
  pending: "devicePending",
  revoked: "deviceRevoked",
};

export const PIN_FAILURES: Readonly<
  Record<PinFailure, { readonly key: string; readonly field: "from" | "kid" | undefined }>
> = {
  account: { key: "pinAccount", field: "from" },
  fingerprint: { key: "pinFingerprint", field: "kid" },
  storage: { key: "pinStorage", field: undefined },
  resembles: { key: "pinResembles", field: "from" },
  mixes: { key: "pinMixes", field: "from" },
};

export const POLICY_FAILURES: Readonly<Record<PolicyFailure, string>> = {
  entry: "policyEntry",
  full: "policyFull",
  unreachable: "policyUnreachable",
  clock: "policyClock",
  wrong_key: "policyWrongKey",
  not_allowed: "policyNotAllowed",
  failed: "policyFailed",
};

/** Of a block that is not at the broker. */
export const WAITING: Readonly<Record<Exclude<BlockState, "done">, string>> = {
  wanted: "waitingWanted",
  retried: "waitingRetried",
  full: "waitingFull",
  not_allowed: "waitingNotAllowed",
};

export const BACKUP_FAILURES: Readonly<Record<BackupFailure, string>> = {
  malformed: "backupMalformed",
  newer: "backupNewer",
};

export const THEMES = {
  ...{ system: "themeSystem", light: "themeLight", dark: "themeDark" },
} as const satisfies Readonly<Record<Theme, string>>;

export const NOTIFICATIONS = {
  ...{ on: "notificationsOn", pinned: "notificationsPinned", off: "notificationsOff" },
} as const satisfies Readonly<Record<Preferences["notifications"], string>>;

/** For how long the history is kept. */
export const KEEPS = {
  ...{ all: "keepAll", year: "keepYear", month: "keepMonth", off: "keepOff" },
} as const satisfies Readonly<Record<Keep, string>>;

/** How a user may have checked a sender's fingerprint; `other` is in their own words. */
export const PIN_CHECKS = {
  "": "pinCheckedChoose",
  page: "pinCheckedPage",
  phone: "pinCheckedPhone",
  paper: "pinCheckedPaper",
  other: "pinCheckedOther",
} as const satisfies Readonly<Record<string, string>>;
