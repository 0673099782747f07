/**
 * Key sets (design §6): a domain says at a well-known address which keys ask in its name. A JWK Set (RFC 7517 §5) whose
 * keys list `confirm_accounts`, exact local parts or `*`; keys without that member, or of a kind that is not read, are
 * other people's business.
 */
import { CryptoError, importPublicKey } from "../crypto/index.ts";
import {
  isDomain,
  isJsonObject,
  type JsonValue,
  LIMITS,
  parseAccount,
  ProtocolError,
  PublicJwk,
  scanJson,
} from "../protocol/index.ts";
import type { CallOptions } from "./call.ts";
import { ClientError } from "./errors.ts";
import { fetchFrom, readBounded } from "./fetch.ts";

export interface PublishedKey {
  readonly kid: string;
  /** Local parts, or `*` for every account of the domain. */
  readonly accounts: readonly string[];
}

export type KeySet = readonly PublishedKey[];

const KEY_SET_PATH = "/.well-known/confirm/keys.json";
const TIMEOUT_MS = 5000;
const MOST_KEYS = 32;
const MOST_ACCOUNTS = 200;
/** Names that the public DNS does not have (RFC 6761, RFC 6762, RFC 7686), and that browsers or systems answer themselves. */
const NOWHERE = new Set(["localhost", "local", "invalid", "onion", "internal"]);

/** Where a domain publishes its keys; undefined for a name that has no public place, such as an address. */
export function keySetUrl(domain: string): string | undefined {
  const last = domain.slice(domain.lastIndexOf(".") + 1);
  const isPublic = domain.includes(".") && isDomain(domain) && /^[a-z]/.test(last) && !NOWHERE.has(last);
  return isPublic ? `https://${domain}${KEY_SET_PATH}` : undefined;
}

/** Whether the key asks in the name of this account. */
export function isPublished(keys: KeySet, fromId: string, kid: string): boolean {
  const { local } = parseAccount(fromId);
  return keys.some((key) => key.kid === kid && (key.accounts.includes("*") || key.accounts.includes(local)));
}

/**
 * Reads a key set.
 *
 * @throws ClientError `malformed`, also where it publishes a private key
 */
export async function readKeySet(bytes: Uint8Array): Promise<KeySet> {
  try {
    const json = scanJson(bytes, LIMITS.messageBytes);
    const keys = isJsonObject(json) ? json["keys"] : undefined;
    if (!Array.isArray(keys)) throw malformed("It has no list of keys.");
    if (keys.length > MOST_KEYS) throw malformed(`It has more than ${String(MOST_KEYS)} keys.`);
    const read = await Promise.all(keys.map(readKey));
    return Object.freeze(read.filter((key) => key !== undefined));
  } catch (error) {
    if (error instanceof ProtocolError) throw malformed(error.message);
    throw error;
  }
}

async function readKey(json: JsonValue): Promise<PublishedKey | undefined> {
  if (!isJsonObject(json)) throw malformed("A key is not an object.");
  const accounts = json["confirm_accounts"];
  const use = json["use"] ?? "sig";
  if (accounts === undefined || use !== "sig") return undefined;
  const isList = Array.isArray(accounts) && accounts.every((name) => typeof name === "string");
  if (!isList || accounts.length > MOST_ACCOUNTS) {
    throw malformed(`confirm_accounts is a list of at most ${String(MOST_ACCOUNTS)} local parts.`);
  }
  try {
    return Object.freeze({ kid: (await importPublicKey(PublicJwk.read(json, "key"))).kid, accounts });
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}

function malformed(why: string): ClientError {
  return new ClientError("malformed", `The key set cannot be used: ${why}`);
}

/**
 * Fetches what a domain publishes: without redirects or credentials, within 5 seconds, at most 64 KiB. A domain that
 * answers "not found" publishes nothing.
 *
 * @param url - from {@link keySetUrl}
 * @throws ClientError `unreachable`, `timeout`, `malformed`
 */
export async function fetchKeySet(
  url: string,
  { fetch, timeoutMs = TIMEOUT_MS }: Pick<CallOptions, "fetch" | "timeoutMs">,
): Promise<KeySet> {
  const bytes = await fetchFrom(url, {}, { fetch, timeoutMs }, async (response) => {
    if (response.status === 200) return readBounded(response, LIMITS.messageBytes);
    await response.body?.cancel();
    if (response.status === 404 || response.status === 410) return undefined;
    throw new ClientError("unreachable", `${url} answers with HTTP status ${String(response.status)}.`);
  });
  return bytes === undefined ? [] : readKeySet(bytes);
}
