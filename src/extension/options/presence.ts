/**
 * Fingerprint or PIN, of one account: setting it up, its key to compare, and whether it is asked for at every Accept. The
 * credential is this extension's own: no website can use it, and no other extension.
 */
import { canAskPresence, i18n, sendToBackground } from "../browser.ts";
import type { AccountView, PresenceFailure } from "../messages.ts";
import { encodeBase64url } from "../../protocol/index.ts";
import { askAgainButton } from "./ask-again.ts";
import { button, element, fingerprint, sentence } from "../page/dom.ts";

const PROMPT_MS = 120_000;
const SEND_MS = 30_000;
const ES256 = -7;

const FAILURES: Readonly<Record<PresenceFailure, string>> = {
  not_verified: "presenceNotVerified",
  broker: "presenceBroker",
  failed: "presenceFailed",
};

/** The part of an account's card; what was set up or switched makes another card. */
export function presenceSettings({ account, broker, presence, deviceKid }: AccountView): HTMLElement {
  const problem = element("div", { attributes: { role: "alert" } });
  const say = (key: string): void =>
    problem.replaceChildren(element("p", { class: "problem", testid: "error" }, i18n(key)));
  const always = element("input", { testid: "presence-always", attributes: { type: "checkbox" } });
  always.checked = presence?.always === true;
  always.disabled = presence === undefined;
  always.addEventListener("change", () => {
    const request = { account, broker, always: always.checked };
    sendToBackground("options.alwaysPresence", request).catch(() => say("errorText"));
  });
  const setUp = button(
    i18n(presence === undefined ? "presenceSetUpButton" : "presenceSetUpAgain"),
    { class: "link", testid: "presence-set-up" },
    () => void run(),
  );

  async function run(): Promise<void> {
    setUp.disabled = true;
    problem.replaceChildren();
    const failure = await register(account, broker).catch(() => "errorText");
    setUp.disabled = false;
    if (failure !== undefined) say(failure);
  }

  const able = canAskPresence();
  return element(
    "div",
    { class: "kid presence", testid: "presence-settings" },
    element("h4", {}, i18n("presenceTitle")),
    presence === undefined ? undefined : fingerprint(presence.kid, "presence-fingerprint"),
    element(
      "p",
      { class: "hint" },
      i18n(!able ? "presenceNotHere" : presence === undefined ? "presenceNone" : "presenceKidHint"),
    ),
    ...(presence?.waits === true
      ? [
          element("p", { testid: "presence-waits" }, sentence("presenceWaits", fingerprint(deviceKid.slice(-11)))),
          askAgainButton({ account, broker }),
        ]
      : []),
    ...(able
      ? [element("label", { class: "switch" }, always, element("span", {}, i18n("presenceAlways"))), setUp]
      : []),
    problem,
  );
}

/** Makes a credential and hands it over; the key of what went wrong, undefined where nothing did. */
async function register(account: string, broker: string): Promise<string | undefined> {
  const publicKey: PublicKeyCredentialCreationOptions = {
    // Nobody verifies a signature of the making: what counts is proved at each answer.
    challenge: crypto.getRandomValues(new Uint8Array(32)),
    rp: { name: i18n("extensionName") },
    user: { id: crypto.getRandomValues(new Uint8Array(16)), name: account, displayName: account },
    pubKeyCredParams: [{ type: "public-key", alg: ES256 }],
    authenticatorSelection: { userVerification: "required", residentKey: "discouraged" },
    timeout: PROMPT_MS,
  };
  const credential = await navigator.credentials.create({ publicKey }).catch(() => null);
  if (!(credential instanceof PublicKeyCredential)) return "presenceNotGiven";
  const { rawId, response } = credential;
  const key = response instanceof AuthenticatorAttestationResponse ? response.getPublicKey() : null;
  if (!(response instanceof AuthenticatorAttestationResponse) || key === null) return "presenceFailed";
  const text = (bytes: ArrayBuffer): string => encodeBase64url(new Uint8Array(bytes));
  const made = {
    credentialId: text(rawId),
    publicKey: text(key),
    authenticatorData: text(response.getAuthenticatorData()),
  };
  const said = await sendToBackground("options.setUpPresence", { account, broker, ...made }, SEND_MS);
  return said.ok ? undefined : FAILURES[said.failure];
}
