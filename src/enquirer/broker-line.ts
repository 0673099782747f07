/** The enquirer's line to one broker: every call authenticated, every answer signed by the broker's pinned key. */
import { callFollowing, type CallOptions, callPlain, ClientError } from "../client/index.ts";
import { CryptoError, importPublicKey, type SigningKey, type VerifyKey } from "../crypto/index.ts";
import type { Pins, RecordFile, ServicePin } from "../node/index.ts";
import {
  formatTime,
  type PublicJwk,
  type RequestBody,
  type ResponseBody,
  type Transaction,
} from "../protocol/index.ts";
import { EnquirerError } from "./errors.ts";
import type { Notice } from "./types.ts";
import type { WrongCodes } from "./wrong-codes.ts";

/** As many as the file of the pins takes. */
const MOST_FORMER = 100;

export interface LineOptions extends Omit<CallOptions, "signal" | "timeoutMs"> {
  readonly key: SigningKey;
  readonly pins: RecordFile<Pins>;
  readonly wrongCodes: RecordFile<WrongCodes>;
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
): Promise<ResponseBody<T>> {
  const service = await serviceKey(line, limits);
  try {
    const who = { key: line.key, service };
    return await callFollowing(transaction, body, who, { ...line, ...limits }, (next) => adopt(line, service, next));
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== "wrong_key") throw error;
    throw new EnquirerError(
      "broker_key_changed",
      `${line.endpoint} answers with another key than the one pinned (${service.kid}), and that one did not hand over to it. ` +
        "If its operator says that the key was replaced, remove the pin and try again.",
    );
  }
}

/** The pinned key of the broker; on first use the one that it names, which is then pinned. */
async function serviceKey(line: LineOptions, limits: Pick<CallOptions, "signal">): Promise<VerifyKey> {
  const pinned = pinOf(await line.pins.read(), line.endpoint);
  if (pinned !== undefined) return importPublicKey(pinned.jwk);
  const hello = await callPlain("Hello", {}, { ...line, ...limits });
  const key = await namedKey(line, hello.ServiceKey);
  const pin = { endpoint: line.endpoint, kid: key.kid, jwk: key.jwk, added: formatTime(line.clock()) };
  let first: ServicePin | undefined;
  await line.pins.change((pins) => {
    // Another process may have been first: its pin stays, and what was named to this one must be the same.
    first = pinOf(pins, line.endpoint);
    return first === undefined ? { ...pins, services: [...pins.services, pin] } : pins;
  });
  if (first !== undefined) return importPublicKey(first.jwk);
  line.notice({ kind: "service_first_use", endpoint: line.endpoint, kid: key.kid });
  return key;
}

/** The pinned key signed that the next one follows it: the pin is that one now, and remembers the former. */
async function adopt(line: LineOptions, former: VerifyKey, next: VerifyKey): Promise<void> {
  let isAdopted: boolean | undefined;
  await line.pins.change((pins) => {
    isAdopted = pinOf(pins, line.endpoint)?.kid === former.kid;
    if (!isAdopted) return pins;
    const replaced = (pin: ServicePin): ServicePin => ({
      ...{ endpoint: pin.endpoint, kid: next.kid, jwk: next.jwk, added: formatTime(line.clock()) },
      former: [former.kid, ...(pin.former ?? [])].slice(0, MOST_FORMER),
    });
    return { ...pins, services: pins.services.map((pin) => (pin.endpoint === line.endpoint ? replaced(pin) : pin)) };
  });
  if (isAdopted)
    line.notice({ kind: "service_key_replaced", endpoint: line.endpoint, kid: next.kid, former: former.kid });
}

function pinOf({ services }: Pins, endpoint: string): ServicePin | undefined {
  return services.find((pin) => pin.endpoint === endpoint);
}

/** The fingerprints of the broker's pinned key, and of those that it followed. */
export async function serviceKids(line: Pick<LineOptions, "pins" | "endpoint">): Promise<readonly string[]> {
  const pin = pinOf(await line.pins.read(), line.endpoint);
  return pin === undefined ? [] : [pin.kid, ...(pin.former ?? [])];
}

async function namedKey(line: LineOptions, jwk: PublicJwk | undefined): Promise<VerifyKey> {
  if (jwk === undefined) throw new ClientError("malformed", `${line.endpoint} did not name its key.`);
  try {
    return await importPublicKey(jwk);
  } catch (error) {
    if (error instanceof CryptoError) throw new ClientError("malformed", `The broker's key: ${error.message}`);
    throw error;
  }
}
