/** A customer of the bank without a browser: keeps the cookie, sends the forms that the pages have, follows no redirect. */
import { CUSTOMER } from "../../src/demo/bank/first-state.ts";

export interface BankPage {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export class BankCustomer {
  readonly #url: string;
  #cookie = "";

  constructor(url: string) {
    this.#url = url;
  }

  /** The cookie that is sent. */
  get cookie(): string {
    return this.#cookie;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<BankPage> {
    return this.#fetch(path, headers);
  }

  /** Sends a form as it is, with exactly these fields. */
  async send(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<BankPage> {
    return this.#fetch(path, headers, new URLSearchParams(fields));
  }

  /** Opens a page, fills in its first form that goes to `path`, with the hidden fields that it has, and sends it. */
  async submit(on: string, path: string, fields: Record<string, string> = {}): Promise<BankPage> {
    const { text } = await this.get(on);
    return this.send(path, { ...hiddenFields(text, path), ...fields });
  }

  async login(): Promise<void> {
    const page = await this.submit("/login", "/login", { user: CUSTOMER.user, password: CUSTOMER.password });
    if (page.headers.get("location") !== "/") throw new Error(`not logged in: ${page.status}`);
  }

  async #fetch(path: string, more: Record<string, string>, form?: URLSearchParams): Promise<BankPage> {
    const headers = { ...(this.#cookie === "" ? {} : { cookie: this.#cookie }), ...more };
    const method = form === undefined ? "GET" : "POST";
    const response = await fetch(this.#url + path, { method, body: form ?? null, headers, redirect: "manual" });
    const set = response.headers.getSetCookie()[0];
    if (set !== undefined) this.#cookie = set.split(";")[0] ?? "";
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
}

/** The hidden fields of the first form with this action. */
export function hiddenFields(page: string, action: string): Record<string, string> {
  const form = page.split("<form").find((part) => part.includes(`action="${action}"`));
  if (form === undefined) throw new Error(`no form to ${action}`);
  const hidden = /type="hidden"\s+name="([^"]*)"\s+value="([^"]*)"/g;
  const found = [...(form.split("</form>")[0] ?? "").matchAll(hidden)];
  return Object.fromEntries(found.map((match) => [match[1] ?? "", match[2] ?? ""]));
}
