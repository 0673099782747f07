/** Bytes over HTTP to a broker, and what its answers say. */
import { type IncomingHttpHeaders, request } from "node:http";
import { isJsonObject, type JsonObject, LIMITS, scanJson } from "../../src/protocol/index.ts";

/** HTTP's answer, its body read as JSON where it is JSON. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: JsonObject;
}

export interface HttpCall {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Sends bytes, whatever they are. */
export function sendHttp(endpoint: string, call: HttpCall = {}): Promise<HttpAnswer> {
  const { method = "POST", headers = {}, body = "" } = call;
  const url = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const options = { method, path: call.path ?? url.pathname, host: url.hostname, port: url.port, agent: false };
    const sent = request({ ...options, headers: { ...headers, ...lengthOf(method, body) } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const json = text === "" ? {} : scanJson(text, LIMITS.answerBytes);
        if (!isJsonObject(json)) throw new Error(`The answer is not an object: ${text.slice(0, 100)}`);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function lengthOf(method: string, body: string | Uint8Array): Readonly<Record<string, string>> {
  return method === "POST" ? { "content-length": String(Buffer.byteLength(body)) } : {};
}

/** The one member of a message: its tag, and what it holds. */
export interface Message {
  readonly tag: string;
  readonly body: JsonObject;
  readonly status: number;
  readonly sentence: string;
}

export function messageOf(json: JsonObject): Message {
  const [tag = ""] = Object.keys(json);
  const body = json[tag] ?? null;
  if (!isJsonObject(body) || typeof body["Status"] !== "number") throw new Error(`No message: ${JSON.stringify(json)}`);
  const sentence = body["StatusDescription"];
  return { tag, body, status: body["Status"], sentence: typeof sentence === "string" ? sentence : "" };
}
