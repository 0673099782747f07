/** Linking the confirmation account: the bank looks up its devices, the customer compares, the SDK pins. */
import { linkDevice } from "../ledger.ts";
import { confirmationPage } from "../pages/confirmation.ts";
import { lookupProblemOf } from "../sentences.ts";
import { page, type Reply, seeOther } from "../web/reply.ts";
import type { BankRequest, Route } from "../web/route.ts";

export const CONFIRMATION_ROUTES: readonly Route[] = [
  { method: "GET", path: "/confirmation", access: "customer", handle: (request) => show(request) },
  { method: "POST", path: "/confirmation/find", access: "customer", handle: find },
  { method: "POST", path: "/confirmation/link", access: "customer", handle: link },
  {
    method: "POST",
    path: "/confirmation/forget",
    access: "customer",
    handle: ({ bank, session }: BankRequest): Reply => {
      bank.sessions.setCandidate(session, null);
      return seeOther("/confirmation");
    },
  },
];

function show({ bank, session }: BankRequest, account = "", problem?: string): Reply {
  const { link } = bank.file.state;
  const view = { link, bankKid: bank.enquirer.kid, account, problem };
  return page(confirmationPage(session, view), problem === undefined ? 200 : 422);
}

async function find(request: BankRequest): Promise<Reply> {
  const { bank, session, form } = request;
  const account = (form.get("account") ?? "").trim();
  try {
    const devices = await bank.enquirer.devices(account);
    if (devices.length === 0)
      return show(request, account, "This account has no device yet. Connect your co-browser first.");
    bank.sessions.setCandidate(session, { account: normal(account), kids: devices.map((device) => device.kid) });
  } catch (error) {
    return show(request, account, lookupProblemOf(error));
  }
  return seeOther("/confirmation");
}

/** Pins what the customer compared, and only that: a device of the list that was shown. */
async function link({ bank, session, form }: BankRequest): Promise<Reply> {
  const { candidate } = session;
  const deviceKid = form.get("kid") ?? "";
  if (candidate?.kids.includes(deviceKid) === true && bank.file.state.link === null) {
    await bank.enquirer.pin(candidate.account, deviceKid);
    const since = new Date(bank.clock()).toISOString();
    await bank.file.change((state) => linkDevice(state, { account: candidate.account, deviceKid, since }));
  }
  bank.sessions.setCandidate(session, null);
  return seeOther("/confirmation");
}

/** The domain in lower case, as the protocol compares it. */
function normal(account: string): string {
  const at = account.lastIndexOf("@");
  return account.slice(0, at) + account.slice(at).toLowerCase();
}
