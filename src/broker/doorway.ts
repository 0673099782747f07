/**
 * Who may speak to the broker at all, by HTTP and by WebSocket alike: a Host that is configured, and no web page. A page
 * could otherwise ring the user through a broker on their own machine; extensions are told apart by their scheme.
 */
import type { IncomingHttpHeaders } from "node:http";
import { ENDPOINT_PATH } from "../protocol/index.ts";

/** A request that is turned away before its body is read. */
export interface Turned {
  readonly status: 400 | 403 | 404 | 405 | 413 | 415 | 429 | 503;
  readonly sentence: string;
}

const EXTENSION = /^(?:chrome|moz)-extension:\/\/[a-z0-9-]+$/i;

/** The values of `Host` under which the endpoints are reached: a default port may be said or not. */
export function hostsOf(urls: readonly string[]): ReadonlySet<string> {
  return new Set(
    urls
      .map((text) => new URL(text))
      .flatMap((url) => {
        const port = url.protocol === "https:" ? "443" : "80";
        return url.port === "" ? [url.hostname, `${url.hostname}:${port}`] : [url.host];
      }),
  );
}

/** Turns away unknown hosts and web pages. */
export function checkHeaders(headers: IncomingHttpHeaders, hosts: ReadonlySet<string>): Turned | undefined {
  if (!hosts.has(headers.host?.toLowerCase() ?? "")) {
    return { status: 403, sentence: "This broker is not known by the name that the Host header says." };
  }
  if (headers.origin !== undefined && !EXTENSION.test(headers.origin)) {
    return { status: 403, sentence: "A web page may not call a broker." };
  }
  return undefined;
}

/** True for the endpoint's path, with or without its trailing slash; `more` is what follows it. */
export function isEndpoint(url: string | undefined, more = ""): boolean {
  if (url === ENDPOINT_PATH + more) return true;
  const path = url?.split("?", 1)[0]?.replace(/\/$/, "");
  return path === ENDPOINT_PATH + more;
}

/** Types that a page's form can post; any other is read as JSON, and so is a body without a type. */
export function checkContentType(type: string): Turned | undefined {
  if (type !== "application/x-www-form-urlencoded" && !type.startsWith("multipart/")) return undefined;
  return { status: 415, sentence: "The body must be JSON (application/json) or a call (application/jose+json)." };
}

/** Nothing is unpacked: a few bytes could become any number. */
export function checkCoding(headers: IncomingHttpHeaders): Turned | undefined {
  const isPlain = (coding: string | undefined, plain: string): boolean =>
    coding === undefined || coding.trim().toLowerCase() === plain;
  if (isPlain(headers["content-encoding"], "identity") && isPlain(headers["transfer-encoding"], "chunked"))
    return undefined;
  return { status: 415, sentence: "The body must come as it is, and not compressed." };
}

/** Lets an extension read the answer; its origin was checked before. */
export function corsHeaders(origin: string | undefined): Readonly<Record<string, string>> {
  return origin === undefined ? {} : { "Access-Control-Allow-Origin": origin, Vary: "Origin" };
}
