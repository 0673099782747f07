/**
 * From HTTP to a route and back. Before a route runs: the Host must be ours (no other name may point a browser here), a
 * POST must be a form of our own pages with the session's token, and a route for customers needs one who is logged in.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Bank } from "../bank.ts";
import { problemPage } from "../pages/problem.ts";
import { readForm } from "./form-body.ts";
import { SECURITY_HEADERS } from "./headers.ts";
import { page, type Reply, seeOther } from "./reply.ts";
import { matchPath, type Route } from "./route.ts";
import { cookieOf, hasToken, type Session } from "./sessions.ts";

const NOT_FOUND = problemPage("There is no such page", "The address may be mistyped, or the page is gone.");
const TOO_OLD = problemPage("This form is too old", "Open the page again and send the form once more.");
const NOT_OURS = problemPage("This is not the bank's address", "Open the bank by the address that it prints.");

export function createBankServer(bank: Bank, routes: readonly Route[]): Server {
  const server = createServer((message, response) => {
    answer(bank, routes, message)
      .catch((error: unknown) => {
        console.error(error);
        return page(problemPage("Something went wrong", "Nothing was paid by this. Go back and try again."), 500);
      })
      .then((reply) => send(message, response, reply))
      .catch((error: unknown) => console.error(error));
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 20_000;
  return server;
}

async function answer(bank: Bank, routes: readonly Route[], message: IncomingMessage): Promise<Reply> {
  const origin = ownOrigin(message);
  if (origin === undefined) return page(NOT_OURS, 421);
  const url = URL.canParse(`${origin}${message.url ?? ""}`) ? new URL(`${origin}${message.url ?? ""}`) : undefined;
  const fitting = routes.filter((route) => url !== undefined && matchPath(route, url.pathname) !== undefined);
  if (url === undefined || fitting.length === 0) return page(NOT_FOUND, 404);
  const method = message.method === "HEAD" ? "GET" : message.method;
  const route = fitting.find((one) => one.method === method);
  if (route === undefined) return page(NOT_FOUND, 405, { allow: fitting.map((one) => one.method).join(", ") });

  const known = bank.sessions.find(message.headers.cookie);
  const form = method === "POST" ? await ownForm(message, origin, known) : new URLSearchParams();
  if (!(form instanceof URLSearchParams)) return form;
  if (route.access === "customer" && known?.isCustomer !== true) return seeOther("/login");
  const session = known ?? bank.sessions.open(false);
  const reply = await route.handle({
    bank,
    session,
    id: matchPath(route, url.pathname) ?? "",
    query: url.searchParams,
    form,
    address: message.socket.remoteAddress ?? "",
  });
  return known === undefined ? { ...reply, headers: { ...cookieOf(session), ...reply.headers } } : reply;
}

/** The origin that the browser called, when it is this server by a name of loopback. */
function ownOrigin({ headers, socket }: IncomingMessage): string | undefined {
  const names = ["127.0.0.1", "localhost"].map((name) => `${name}:${socket.localPort ?? 0}`);
  return headers.host !== undefined && names.includes(headers.host) ? `http://${headers.host}` : undefined;
}

/** The form, or the refusal of one that is not from our own page. */
async function ownForm(
  message: IncomingMessage,
  origin: string,
  session: Session | undefined,
): Promise<URLSearchParams | Reply> {
  const body = await readForm(message);
  if (!body.ok) return page(problemPage("This cannot be read", "Send the form of the page itself."), body.status);
  const from = message.headers.origin;
  const isForeign = from !== undefined && from !== origin;
  if (isForeign || session === undefined || !hasToken(session, body.form.get("csrf"))) return page(TOO_OLD, 403);
  return body.form;
}

function send(message: IncomingMessage, response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, { ...SECURITY_HEADERS, ...reply.headers });
  response.end(message.method === "HEAD" ? undefined : reply.body);
  // The rest of a body that was refused is not read.
  if (!message.complete) message.destroy();
}
