/** The devices of an account, asked of its broker once somebody opens the list; each that this one may revoke, with how. */
import { i18n, sendToBackground } from "../browser.ts";
import type { AccountView, DeviceView } from "../messages.ts";
import { element, fingerprint, foreign, sentence } from "../page/dom.ts";
import { date } from "../page/times.ts";
import { removal } from "./removal.ts";
import { DEVICE_STATES, DEVICES_FAILURES } from "./words.ts";

/** The broker may be slow. */
const DEVICES_MS = 30_000;

/** Builds the list, folded. */
export function deviceList({ account, broker }: AccountView, locale: string): HTMLElement {
  const list = element("ul", { class: "devices" });
  const status = element("p", { class: "hint", attributes: { role: "status" } });
  const folded = element("details", { testid: "devices" }, element("summary", {}, i18n("devicesLabel")), status, list);

  /** Asks for the list, or revokes and shows what is left; what went wrong as a sentence. */
  async function ask(revoke: string | null): Promise<string | undefined> {
    const response = await sendToBackground("options.devices", { account, broker, revoke }, DEVICES_MS);
    if (!response.ok) return i18n(DEVICES_FAILURES[response.failure]);
    list.replaceChildren(...response.devices.map(item));
    return undefined;
  }

  function item(device: DeviceView): HTMLElement {
    const { kid, name, state, isThis, isRevocable } = device;
    const named = [foreign(name), ...[DEVICE_STATES[state], "deviceThis"].map((key) => element("span", {}, i18n(key)))];
    return element(
      "li",
      { class: `device device-${state}`, testid: "device" },
      element("p", {}, sentence(isThis ? "deviceNamedThis" : "deviceNamed", ...named)),
      fingerprint(kid),
      element("p", { class: "hint" }, datesOf(device, locale)),
      isRevocable
        ? removal({
            name,
            verb: "revoke",
            question: isThis ? "revokeSelfQuestion" : "revokeQuestion",
            remove: async () => (await ask(kid)) ?? true,
          })
        : undefined,
    );
  }

  folded.addEventListener("toggle", () => {
    if (!folded.open) return;
    status.textContent = i18n("devicesAsking");
    void ask(null)
      .catch(() => i18n("errorText"))
      .then((problem = "") => (status.textContent = problem));
  });
  return folded;
}

function datesOf({ created, lastSeen }: DeviceView, locale: string): string {
  const connected = date(created, locale);
  return lastSeen === undefined
    ? i18n("deviceConnected", connected)
    : i18n("deviceSeen", connected, date(lastSeen, locale));
}
