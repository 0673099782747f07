/** The enquirer's line to one broker: every call authenticated, every answer signed by the broker's pinned key. */
import { type Answer, type CallOptions, callPlain, callSigned, ClientError } from "../client/index.ts";
import { importPublicKey, type SigningKey, type VerifyKey } from "../crypto/index.ts";
import type { Pins, RecordFile } from "../node/index.ts";
import { formatTime, type RequestBody, type Transaction } from "../protocol/index.ts";
import { EnquirerError } from "./errors.ts";
import type { Notice } from "./types.ts";

export interface LineOptions extends Omit<CallOptions, "signal" | "timeoutMs"> {
  readonly key: SigningKey;
  readonly pins: RecordFile<Pins>;
  readonly notice: (notice: Notice) => void;
}

/**
 * Calls the broker.
 *
 * @throws EnquirerError `broker_key_changed`; ClientError any other code than `wrong_key`
 */
export async function callBroker<T extends Transaction>(
  line: LineOptions,
  transaction: T,
  body: RequestBody<T>,
  limits: Pick<CallOptions, "signal" | "timeoutMs"> = {},
): Promise<Answer<T>> {
  const service = await serviceKey(line, limits);
  try {
    return await callSigned(transaction, body, { key: line.key, service }, { ...line, ...limits });
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== "wrong_key") throw error;
    throw new EnquirerError(
      "broker_key_changed",
      `${line.endpoint} answers with another key than the one pinned (${service.kid}). ` +
        "If its operator says that the key was replaced, remove the pin and try again.",
    );
  }
}

/** The pinned key of the broker; on first use the one that it names, which is then pinned. */
async function serviceKey(line: LineOptions, limits: Pick<CallOptions, "signal">): Promise<VerifyKey> {
  const { services } = await line.pins.read();
  const pinned = services.find((pin) => pin.endpoint === line.endpoint);
  if (pinned !== undefined) return importPublicKey(pinned.jwk);
  const hello = await callPlain("Hello", {}, { ...line, ...limits });
  const jwk = "ServiceKey" in hello ? hello.ServiceKey : undefined;
  if (jwk === undefined) throw new ClientError("malformed", `${line.endpoint} did not name its key.`);
  const key = await importPublicKey(jwk);
  const pin = { endpoint: line.endpoint, kid: key.kid, jwk: key.jwk, added: formatTime(line.clock()) };
  await line.pins.change((pins) => ({
    ...pins,
    services: [...pins.services.filter((other) => other.endpoint !== line.endpoint), pin],
  }));
  line.notice({ kind: "service_first_use", endpoint: line.endpoint, kid: key.kid });
  return key;
}
