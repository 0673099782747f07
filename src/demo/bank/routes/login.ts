/** Logging in and out. */
import { CUSTOMER } from "../first-state.ts";
import { loginPage } from "../pages/login.ts";
import { isPassword } from "../web/password.ts";
import { page, type Reply, seeOther } from "../web/reply.ts";
import type { BankRequest, Route } from "../web/route.ts";
import { cookieOf } from "../web/sessions.ts";

const WRONG = "User name or password is wrong.";

export const LOGIN_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/login",
    access: "anyone",
    handle: ({ session }) => (session.isCustomer ? seeOther("/") : page(loginPage(session, ""))),
  },
  {
    method: "POST",
    path: "/login",
    access: "anyone",
    handle: async ({ bank, session, form, address }: BankRequest): Promise<Reply> => {
      const user = (form.get("user") ?? "").trim();
      const key = `${address} ${user}`;
      const waitMs = bank.loginLimit.attempt(key);
      if (waitMs > 0) {
        const seconds = Math.ceil(waitMs / 1000);
        const sentence = `Too many wrong passwords. Try again in ${Math.ceil(seconds / 60)} minutes.`;
        return page(loginPage(session, user, sentence), 429, { "retry-after": String(seconds) });
      }
      // The password is looked at in any case: the time that it takes says nothing about the name.
      const isRight = await isPassword(form.get("password") ?? "", bank.password);
      if (!isRight || user !== CUSTOMER.user) return page(loginPage(session, user, WRONG), 401);
      bank.loginLimit.succeeded(key);
      return seeOther("/", cookieOf(bank.sessions.open(true, session)));
    },
  },
  {
    method: "POST",
    path: "/logout",
    access: "anyone",
    handle: ({ bank, session }) => seeOther("/login", cookieOf(bank.sessions.open(false, session))),
  },
];
