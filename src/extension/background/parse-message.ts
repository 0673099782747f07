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
import { type MessageName, type Messages, PREFERENCES, type RequestOf } from "../messages.ts";

const accountMembers = { account: AccountId, broker: text(1, 500) };
const refMembers = { ...accountMembers, id: BrokerId, digest: Sha256 };
const Ref: Shape<RequestRef> = object(refMembers);
const Nothing = object({});

const Proof = object({ created: integer(0, Number.MAX_SAFE_INTEGER), assertion: PresenceAssertion });

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

/** The form of each message, and the page that may send it. */
const FORMS: {
  readonly [N in MessageName]: { readonly from: Messages[N]["from"]; readonly shape: Shape<RequestOf<N>> };
} = {
  "popup.look": { from: "popup", shape: LookShape },
  "popup.present": { from: "popup", shape: Ref },
  "popup.decide": { from: "popup", shape: DecisionShape },
  "popup.decideEndorsement": { from: "popup", shape: EndorsementShape },
  "popup.refuse": { from: "popup", shape: Ref },
  "popup.checkSender": { from: "popup", shape: Ref },
  "popup.mark": { from: "popup", shape: Nothing },
  "options.mark": { from: "options", shape: Nothing },
  "options.preferences": { from: "options", shape: PreferencesShape },
  "popup.block": { from: "popup", shape: Ref },
  "popup.mute": { from: "popup", shape: object({ ...refMembers, muted: boolean }) },
  "options.accounts": { from: "options", shape: Nothing },
  "options.connect": {
    from: "options",
    shape: object({ account: text(0, 300), code: text(0, 100), broker: text(0, 500), deviceName: text(0, 200) }),
  },
  "options.removeAccount": { from: "options", shape: object(accountMembers) },
  "options.askAgain": { from: "options", shape: object(accountMembers) },
  "options.seenKey": { from: "options", shape: object(accountMembers) },
  "options.devices": { from: "options", shape: DevicesShape },
  "options.setUpPresence": {
    from: "options",
    shape: object({
      ...accountMembers,
      ...{ credentialId: CredentialId, publicKey: text(1, 1000), authenticatorData: text(1, 8000) },
    }),
  },
  "options.alwaysPresence": {
    from: "options",
    shape: object({ ...accountMembers, always: boolean }),
  },
  "options.pins": { from: "options", shape: Nothing },
  "options.addPin": {
    from: "options",
    shape: object({
      ...{ fromId: text(0, 300), kid: text(0, 200), checkedBy: text(0, 200) },
      ...{ replaces: boolean, anyway: boolean },
    }),
  },
  "options.keepPin": { from: "options", shape: object({ kid: Kid }) },
  "options.removePin": { from: "options", shape: object({ fromId: text(1, 300), kid: text(1, 200) }) },
  "options.senders": { from: "options", shape: Nothing },
  "options.unmute": { from: "options", shape: object({ kid: Kid }) },
  "options.policy": { from: "options", shape: PolicyShape },
  "options.history": { from: "options", shape: Nothing },
  "options.openPast": { from: "options", shape: Ref },
  "options.exportReceipts": { from: "options", shape: ExportShape },
  "options.clearHistory": { from: "options", shape: Nothing },
  "options.setHistory": { from: "options", shape: object({ keep: oneOf(...KEEPS) }) },
};

/** A message that passed. */
export type Heard = { readonly [N in MessageName]: { readonly name: N; readonly request: RequestOf<N> } }[MessageName];

/** Reads a message; undefined where it is not for the background, or not from whom it should be. */
export function parseMessage(message: unknown, sender: MessageSender): Heard | undefined {
  if (typeof message !== "object" || message === null || !("name" in message) || !("request" in message))
    return undefined;
  const { name, request } = message;
  if (typeof name !== "string" || !Object.hasOwn(FORMS, name)) return undefined;
  const form = FORMS[name as MessageName];
  if (sender.id !== extensionId() || sender.url !== extensionUrl(`src/extension/${form.from}/index.html`))
    return undefined;
  try {
    // Null says "absent" in a message, because JSON has no undefined.
    const present = Object.entries(request ?? {}).filter(([, value]) => value !== null);
    const json = scanJson(JSON.stringify(Object.fromEntries(present)), LIMITS.messageBytes);
    return { name, request: form.shape.read(json, name) } as Heard;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
