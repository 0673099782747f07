/** Connects an account: its address, the code from the broker's operator where there is one, and the broker where it is not the usual one. */
import { i18n, sendToBackground } from "../browser.ts";
import { endpointOf, ProtocolError } from "../../protocol/index.ts";
import { CODE_GROUP, groupAsTyped } from "../page/code.ts";
import { textField } from "./field.ts";
import { form } from "./form.ts";
import { CONNECT_FAILURES } from "./words.ts";

/** Connecting may wait for a slow broker. */
const CONNECT_MS = 60_000;

/** Builds the form. @param onConnected - called when there is a new account */
export function createConnectForm(onConnected: () => void): HTMLElement {
  const account = textField("account", "fieldAccount", "fieldAccountHint", {
    inputmode: "email",
    placeholder: "alice@example.com",
  });
  const code = textField("code", "fieldCode", "fieldCodeHint", {
    class: "mono",
    autocapitalize: "characters",
    placeholder: "XXXX-XXXX-XXXX-XXXX",
  });
  const broker = textField("broker", "fieldBroker", "fieldBrokerHint", { inputmode: "url" });
  const device = textField("device-name", "fieldDevice", "fieldDeviceHint", { maxlength: "64", dir: "auto" });
  device.input.value = i18n("fieldDeviceDefault");

  const showUsualBroker = (): void => {
    broker.input.placeholder = usualBroker(account.input.value.trim()) ?? i18n("fieldBrokerUsual");
  };
  account.input.addEventListener("input", showUsualBroker);
  showUsualBroker();
  groupAsTyped(code.input, CODE_GROUP);

  const fields = { account, code, broker, "device-name": device };
  return form({
    fields: Object.values(fields),
    submit: { testid: "connect", key: "connect" },
    busy: "connecting",
    send: async () => {
      const response = await sendToBackground(
        "options.connect",
        {
          account: account.input.value.trim(),
          code: code.input.value.trim(),
          broker: broker.input.value.trim(),
          deviceName: device.input.value.trim() || i18n("fieldDeviceDefault"),
        },
        CONNECT_MS,
      );
      if (response.ok) {
        const isOpen = code.input.value === "";
        code.input.value = "";
        onConnected();
        return { done: i18n(doneKey(response.state, isOpen), response.account.account) };
      }
      const { key, field } = CONNECT_FAILURES[response.failure];
      return { text: i18n(key), detail: response.detail, ...(field === undefined ? {} : { field: fields[field] }) };
    },
  });
}

function doneKey(state: "active" | "pending", isOpen: boolean): string {
  if (state === "pending") return "connectedPending";
  return isOpen ? "connectedOpen" : "connected";
}

/** The broker of an account where none is named; undefined while the account is not whole. */
function usualBroker(account: string): string | undefined {
  try {
    return endpointOf(account);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
