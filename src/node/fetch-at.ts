/**
 * `fetch` for HTTPS where the caller says which machine to connect to. The certificate must be for the URL's host, whatever
 * that machine is called: so DNS can say where a service is, and never who it is.
 */
import type { IncomingMessage } from "node:http";
import { request } from "node:https";

/** Where to connect: an address or a host name, and a port. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

export interface FetchAtOptions {
  /** Tried in this order until one proves that it is the URL's host. @throws whatever says that there is none */
  readonly placesOf: (hostname: string) => Promise<readonly Place[]>;
  /** Certificates of authorities to trust instead of the usual ones, in PEM. */
  readonly ca?: string | undefined;
  /** How long one place may take to prove itself, in milliseconds. */
  readonly connectMs?: number;
}

const CONNECT_MS = 5000;

/** Another place may be tried: nothing of the request was sent. */
class NotConnected extends Error {}

/** Makes the function. It follows no redirect, whatever it is told, and sends strings and bytes alone. */
export function fetchAt(options: FetchAtOptions): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.protocol !== "https:") throw new TypeError(`${url.protocol} is not https.`);
    let failure: Error = new TypeError(`There is no address of ${url.hostname}.`);
    for (const place of await unlessAborted(options.placesOf(url.hostname), init.signal)) {
      try {
        return await fetchFrom(place, url, init, options);
      } catch (error) {
        if (!(error instanceof NotConnected)) throw error;
        failure = error;
      }
    }
    throw failure;
  };
}

/** Gives up waiting for what cannot be told to stop. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (signal === null || signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error("It was given up."));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

function fetchFrom({ host, port }: Place, url: URL, init: RequestInit, options: FetchAtOptions): Promise<Response> {
  return new Promise((resolve, reject) => {
    let isConnected = false;
    const headers = { ...Object.fromEntries(new Headers(init.headers)), host: url.host };
    const { signal } = init;
    const sent = request({
      host,
      port,
      servername: url.hostname,
      agent: false,
      path: url.pathname + url.search,
      method: init.method ?? "GET",
      headers,
      minVersion: "TLSv1.2",
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      ...(signal === undefined || signal === null ? {} : { signal }),
    });
    const connecting = setTimeout(() => {
      sent.destroy(new Error(`${host} did not answer in time.`));
    }, options.connectMs ?? CONNECT_MS);
    sent.on("socket", (socket) => {
      socket.once("secureConnect", () => {
        isConnected = true;
        clearTimeout(connecting);
      });
    });
    sent.on("error", (error) => {
      clearTimeout(connecting);
      reject(isConnected || signal?.aborted === true ? error : new NotConnected(error.message));
    });
    sent.on("response", (response) => {
      const status = response.statusCode ?? 0;
      if (status >= 200 && (status < 300 || status >= 400)) resolve(responseOf(response, status));
      else sent.destroy(new TypeError(`${url.host} answers with a redirect.`));
    });
    const { body } = init;
    if (typeof body === "string" || body instanceof Uint8Array) sent.end(body);
    else sent.end();
  });
}

function responseOf(message: IncomingMessage, status: number): Response {
  const pieces: AsyncIterator<Uint8Array> = message[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const next = await pieces.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: () => {
      message.destroy();
    },
  });
  const type = message.headers["content-type"];
  const headers = type === undefined ? {} : { "content-type": type };
  return new Response(status === 204 || status === 205 ? null : body, { status, headers });
}
