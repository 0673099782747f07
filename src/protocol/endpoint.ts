/**
 * Where a broker listens. A user may give an origin or the whole endpoint; what is called and what is signed
 * is always the whole endpoint, `https://example.com/.well-known/confirm`. Plain `http:` only to this machine.
 */
import { parseAccount } from "./account.ts";
import { ProtocolError } from "./errors.ts";

export const ENDPOINT_PATH = "/.well-known/confirm";
export const DEFAULT_PORT = 8787;

const LONGEST = 500;

/** Hosts to which unencrypted HTTP is allowed. */
export function isLoopbackHost(host: string): boolean {
  return host === "127.0.0.1" || host === "localhost";
}

/**
 * Reads an origin or an endpoint.
 *
 * @returns the endpoint without trailing slash, such as `http://127.0.0.1:8787/.well-known/confirm`
 * @throws ProtocolError `endpoint`
 */
export function parseEndpoint(text: string): string {
  const url = text.length <= LONGEST && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new ProtocolError("endpoint", "A broker's address looks like https://example.com");
  }
  if (url.protocol === "http:" && !isLoopbackHost(url.hostname)) {
    throw new ProtocolError("endpoint", "A broker on another machine must be reached by https, not http.");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new ProtocolError("endpoint", "A broker's address has no user name, query or fragment.");
  }
  const path = url.pathname.replace(/\/$/, "");
  return url.origin + (path === "" ? ENDPOINT_PATH : path);
}

/** The WebSocket address of the push channel of an endpoint. */
export function pushEndpoint(endpoint: string): string {
  return `${endpoint.replace(/^http/, "ws")}/push`;
}

/**
 * The endpoint of an account where nobody named one: `localhost` is this machine, else the well-known address of the domain.
 *
 * @throws ProtocolError `account`
 */
export function endpointOf(account: string): string {
  const { domain } = parseAccount(account);
  return domain === "localhost"
    ? `http://127.0.0.1:${String(DEFAULT_PORT)}${ENDPOINT_PATH}`
    : `https://${domain}${ENDPOINT_PATH}`;
}
