/** What must hold of every answer that a broker gives to anything, and of what it did or did not do. */
import type { Answer } from "../../src/broker/exchange.ts";
import { CALL_CONTENT_TYPE, openAnswer, readCall } from "../../src/crypto/index.ts";
import { wireSchema } from "../../src/receipt/wire-schema.ts";
import { compileSchema } from "../support/json-schema.mjs";
import type { Attack } from "./attack.ts";
import type { World } from "./world.ts";

const { root: whyInvalid } = compileSchema(wireSchema());

/** HTTP's statuses for a body that was read; 500 and 503 are failures here, because nothing is overloaded. */
const HTTP = new Set([200, 400, 413]);

export class Finding extends Error {}

/** What became of a message. */
export interface Verdict {
  readonly status: number;
  readonly accepted: boolean;
}

/** Looks at an answer alone. @throws Finding */
export function judgeAnswer({ status, contentType, body }: Answer): Verdict {
  if (!HTTP.has(status)) throw new Finding(`HTTP status ${status}: ${body}`);
  const outer = JSON.parse(body) as Record<string, unknown>;
  const sealed = contentType === CALL_CONTENT_TYPE;
  const payload = outer["payload"];
  const message = sealed ? Buffer.from(typeof payload === "string" ? payload : "", "base64url").toString() : body;
  const json = JSON.parse(message) as Record<string, { readonly Status: number }>;
  const invalid = whyInvalid(json);
  if (invalid !== undefined) throw new Finding(`The answer is not valid, ${invalid}: ${message}`);
  const [inside] = Object.values(json);
  if (inside === undefined || inside.Status >= 500) throw new Finding(`The broker failed: ${message}`);
  if (status !== 200 && inside.Status !== status) throw new Finding(`HTTP says ${status}: ${message}`);
  return { status: inside.Status, accepted: inside.Status < 300 };
}

/** Verifies the seal of an answer as its caller would. @throws Finding */
export async function judgeSeal({ body }: Attack, answer: Answer, world: World): Promise<void> {
  if (answer.contentType !== CALL_CONTENT_TYPE) return;
  const { req } = await readCall(body);
  await openAnswer(answer.body, { req, service: world.broker.service });
}
