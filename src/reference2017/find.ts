/**
 * Finds, anywhere in a JSON text, what the reference signed and the keys that it printed. An object of 2017 is a JWS in
 * General JSON whose protected header has `val`; it stands alone or in an entry, a message or a profile.
 */
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  Kid,
  LIMITS,
  list,
  object,
  ProtocolError,
  type ReadOf,
  text,
} from "../protocol/index.ts";
import { Reference2017Error } from "./errors.ts";
import { decodeLines, scanJson2017 } from "./read-text.ts";

const encoded = text(1, LIMITS.receiptBytes);

const Signed2017 = object(
  {
    payload: encoded,
    signatures: list(object({ protected: encoded, signature: encoded, header: object({ kid: Kid }) }), 1, 1),
  },
  { unprotected: object({}, { dig: text(1, 16) }) },
);
export type Signed2017 = ReadOf<typeof Signed2017>;

const PublicKeyRsa = object({ kid: Kid, n: text(1, 2048), e: text(1, 16) });
export type PublicKeyRsa = ReadOf<typeof PublicKeyRsa>;

/** Each object in a JSON value, the outer before the inner; not those inside of one that `stop` takes. */
function* objectsIn(value: JsonValue, stop: (found: JsonObject) => boolean): Generator<JsonObject> {
  if (isJsonObject(value)) {
    yield value;
    if (stop(value)) return;
  }
  if (typeof value !== "object" || value === null) return;
  const members: readonly JsonValue[] = isJsonObject(value) ? Object.values(value) : value;
  for (const member of members) yield* objectsIn(member, stop);
}

function hasVal(value: JsonValue): boolean {
  if (!isJsonObject(value) || typeof value["protected"] !== "string") return false;
  try {
    const header = scanJson2017(decodeLines(value["protected"]));
    return isJsonObject(header) && header["val"] !== undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

function isSigned2017({ payload, signatures }: JsonObject): boolean {
  return typeof payload === "string" && Array.isArray(signatures) && signatures.some(hasVal);
}

/**
 * What the reference signed in a value, outermost only.
 *
 * @throws Reference2017Error `malformed` for one that is not of the reference's form
 */
export function findSigned(value: JsonValue): readonly Signed2017[] {
  try {
    return [...objectsIn(value, isSigned2017)].filter(isSigned2017).map((found) => Signed2017.read(found, "object"));
  } catch (error) {
    if (error instanceof ProtocolError) throw new Reference2017Error("malformed", error.message);
    throw error;
  }
}

/** The RSA keys that a value prints; whether they are what they are called is not looked at. */
export function findKeys(value: JsonValue): readonly PublicKeyRsa[] {
  const found: PublicKeyRsa[] = [];
  for (const holder of objectsIn(value, () => false)) {
    if (holder["PublicKeyRSA"] === undefined) continue;
    try {
      found.push(PublicKeyRsa.read(holder["PublicKeyRSA"], "PublicKeyRSA"));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
  }
  return found;
}
