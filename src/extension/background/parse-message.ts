/**
 * Who may say what to the background. A message counts only from our own extension, from exactly the page that its name
 * belongs to, and in its own form; everything else is not answered.
 */
import {
  AccountId,
  boolean,
  BrokerId,
  Choice,
  CredentialId,
  integer,
  list,
  Kid,
  LIMITS,
  object,
  oneOf,
  PresenceAssertion,
  ProtocolError,
  scanJson,
  Sha256,
  type Shape,
  text,
} from "../../protocol/index.ts";
import { type EndorsementDecision, KEEPS, type RequestRef } from "../../responder/index.ts";
import { extensionId, extensionUrl, type MessageSender } from "../browser.ts";
import { BACKUP_BYTES } from "../backup-bytes.ts";
import type { MessageName, RequestOf } from "../messages.ts";
import { PREFERENCES } from "../preferences.ts";
import { Fingerprint } from "./backup-form.ts";

const accountMembers = { account: AccountId, broker: text(1, 500) };
const refMembers = { ...accountMembers, id: BrokerId, digest: Sha256 };
const Ref: Shape<RequestRef> = object(refMembers);
const Nothing = object({});
const Instant = integer(0, Number.MAX_SAFE_INTEGER);

const Proof = object({ created: Instant, assertion: PresenceAssertion });

const DecisionForm = object(
  { ...refMembers, value: boolean, expected: boolean },
  { choice: Choice, reason: oneOf("unknown"), presence: Proof, block: boolean },
);
const DecisionShape: Shape<RequestOf<"popup.decide">> = {
  schema: DecisionForm.schema,
  read: (value, path) => ({ choice: undefined, reason: undefined, block: false, ...DecisionForm.read(value, path) }),
};

const EndorsementForm = object(
  { ...refMembers, value: boolean },
  { typed: text(0, 40), reason: oneOf("unknown"), presence: Proof },
);
const EndorsementShape: Shape<EndorsementDecision> = {
  schema: EndorsementForm.schema,
  read: (value, path) => ({ typed: undefined, reason: undefined, ...EndorsementForm.read(value, path) }),
};

const PolicyForm = object(accountMembers, {
  change: object({
    act: oneOf("block", "unblock", "allow", "disallow", "lift", "only", "all"),
    entry: text(0, 300),
  }),
});
const PolicyShape: Shape<RequestOf<"options.policy">> = {
  schema: PolicyForm.schema,
  read: (value, path) => ({ change: null, ...PolicyForm.read(value, path) }),
};

const LookForm = object({}, { showing: Ref });
const LookShape: Shape<{ readonly showing: RequestRef | null }> = {
  schema: LookForm.schema,
  read: (value, path) => ({ showing: LookForm.read(value, path).showing ?? null }),
};

const ExportForm = object({}, { of: Ref });
const ExportShape: Shape<RequestOf<"options.exportReceipts">> = {
  schema: ExportForm.schema,
  read: (value, path) => ({ of: null, ...ExportForm.read(value, path) }),
};

const DevicesForm = object(accountMembers, { revoke: Kid });
const DevicesShape: Shape<RequestOf<"options.devices">> = {
  schema: DevicesForm.schema,
  read: (value, path) => ({ revoke: null, ...DevicesForm.read(value, path) }),
};

const PreferencesForm = object(
  {},
  { theme: oneOf(...PREFERENCES.theme), notifications: oneOf(...PREFERENCES.notifications) },
);
const PreferencesShape: Shape<RequestOf<"options.preferences">> = {
  schema: PreferencesForm.schema,
  read: (value, path) => ({ theme: null, notifications: null, ...PreferencesForm.read(value, path) }),
};

const Key = object({ kid: Fingerprint, fromId: AccountId });
const Pins = object({ kid: Fingerprint, fromId: AccountId, checkedBy: text(0, 200), added: Instant });
const RestoreForm = object(
  { pins: list(Pins, 0, 500), muted: list(Key, 0, 500), clashes: list(Key, 0, 500) },
  {
    settings: object({
      theme: oneOf(...PREFERENCES.theme),
      notifications: oneOf(...PREFERENCES.notifications),
      history: oneOf(...KEEPS),
    }),
  },
);
const RestoreShape: Shape<RequestOf<"options.restore">> = {
  schema: RestoreForm.schema,
  read: (value, path) => ({ settings: null, ...RestoreForm.read(value, path) }),
};

/** The form of each message; the page that may send it is in its name. */
const FORMS: { readonly [N in MessageName]: Shape<RequestOf<N>> } = {
  "popup.look": LookShape,
  "popup.present": Ref,
  "popup.decide": DecisionShape,
  "popup.decideEndorsement": EndorsementShape,
  "popup.refuse": Ref,
  "popup.checkSender": Ref,
  "popup.mark": Nothing,
  "options.mark": Nothing,
  "options.preferences": PreferencesShape,
  "popup.block": Ref,
  "popup.mute": object({ ...refMembers, muted: boolean }),
  "options.accounts": Nothing,
  "options.connect": object({
    account: text(0, 300),
    code: text(0, 100),
    broker: text(0, 500),
    deviceName: text(0, 200),
  }),
  "options.removeAccount": object(accountMembers),
  "options.askAgain": object(accountMembers),
  "options.seenKey": object(accountMembers),
  "options.devices": DevicesShape,
  "options.setUpPresence": object({
    ...accountMembers,
    ...{ credentialId: CredentialId, publicKey: text(1, 1000), authenticatorData: text(1, 8000) },
  }),
  "options.alwaysPresence": object({ ...accountMembers, always: boolean }),
  "options.pins": Nothing,
  "options.addPin": object({
    ...{ fromId: text(0, 300), kid: text(0, 200), checkedBy: text(0, 200) },
    ...{ replaces: boolean, anyway: boolean },
  }),
  "options.keepPin": object({ kid: Kid }),
  "options.removePin": object({ fromId: text(1, 300), kid: text(1, 200) }),
  "options.senders": Nothing,
  "options.unmute": object({ kid: Kid }),
  "options.policy": PolicyShape,
  "options.history": Nothing,
  "options.openPast": Ref,
  "options.exportReceipts": ExportShape,
  "options.clearHistory": Nothing,
  "options.setHistory": object({ keep: oneOf(...KEEPS) }),
  "options.backup": Nothing,
  "options.readBackup": object({ file: text(0, BACKUP_BYTES) }),
  "options.restore": RestoreShape,
  "options.diagnostics": Nothing,
};

/** What carries a file, whose every sign may have to be escaped; all others are as short as a broker's messages. */
const LONG: readonly string[] = ["options.readBackup", "options.restore"] satisfies readonly MessageName[];

/** A message that passed. */
export type Heard = { readonly [N in MessageName]: { readonly name: N; readonly request: RequestOf<N> } }[MessageName];

/** Reads a message; undefined where it is not for the background, or not from whom it should be. */
export function parseMessage(message: unknown, sender: MessageSender): Heard | undefined {
  if (typeof message !== "object" || message === null || !("name" in message) || !("request" in message))
    return undefined;
  const { name, request } = message;
  if (typeof name !== "string" || !Object.hasOwn(FORMS, name)) return undefined;
  const shape = FORMS[name as MessageName];
  const [page = ""] = name.split(".");
  if (sender.id !== extensionId() || sender.url !== extensionUrl(`src/extension/${page}/index.html`)) return undefined;
  try {
    // Null says "absent" in a message, because JSON has no undefined.
    const present = Object.entries(request ?? {}).filter(([, value]) => value !== null);
    const json = scanJson(
      JSON.stringify(Object.fromEntries(present)),
      LONG.includes(name) ? LIMITS.answerBytes : LIMITS.messageBytes,
    );
    return { name, request: shape.read(json, name) } as Heard;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
