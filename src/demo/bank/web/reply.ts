/** What a route answers with. */
import type { Html } from "../pages/html.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export function page(content: Html, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { "content-type": "text/html; charset=utf-8", ...headers }, body: String(content) };
}

/** Sends the browser on with a GET (RFC 9110 section 15.4.4), so that a reload repeats nothing. */
export function seeOther(path: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 303, headers: { location: path, ...headers }, body: "" };
}

export function json(value: unknown): Reply {
  return { status: 200, headers: { "content-type": "application/json" }, body: `${JSON.stringify(value)}\n` };
}

/** A file to save, never to show. `name` is letters, digits, dots and dashes. */
export function download(name: string, content: string): Reply {
  const headers = { "content-type": "application/json", "content-disposition": `attachment; filename="${name}"` };
  return { status: 200, headers, body: content };
}
