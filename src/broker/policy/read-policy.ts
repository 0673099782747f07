/**
 * Reads the policy file: JSON, every member optional, none unknown. A misspelt limit that was silently ignored would
 * leave a broker open that its operator believes closed.
 */
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  LIMITS,
  ProtocolError,
  scanJson,
} from "../../protocol/index.ts";
import { BrokerError } from "../errors.ts";
import type { CoolDownRule } from "../store/index.ts";
import {
  type BucketRule,
  DEFAULT_LIMITS,
  ENQUIRER_CLASSES,
  type EnquirerClass,
  type Limits,
  type PendingLimits,
  type Policy,
} from "./policy.ts";

const wrong = (sentence: string): BrokerError => new BrokerError("policy", `The policy file: ${sentence}`);

/** An object with no members but these. */
function settings(value: JsonValue, path: string, names: readonly string[]): JsonObject {
  if (!isJsonObject(value)) throw wrong(`${path} must be an object.`);
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw wrong(`${path} has no setting ${JSON.stringify(unknown)}; it has ${names.join(", ")}.`);
  }
  return value;
}

function number(value: JsonValue | undefined, path: string, otherwise: number, most: number): number {
  if (value === undefined) return otherwise;
  if (typeof value !== "number" || value < 0 || value > most) {
    throw wrong(`${path} must be a number from 0 to ${most}.`);
  }
  return value;
}

function whole(value: JsonValue | undefined, path: string, otherwise: number, most: number): number {
  const read = number(value, path, otherwise, most);
  if (!Number.isInteger(read)) throw wrong(`${path} must be a whole number.`);
  return read;
}

const MOST = 1_000_000;

function bucket(
  value: JsonValue | undefined,
  path: string,
  rate: "perSecond" | "perMinute",
  rule: BucketRule,
): BucketRule {
  if (value === undefined) return rule;
  const given = settings(value, path, [rate, "burst"]);
  const seconds = rate === "perSecond" ? 1 : 60;
  return {
    perSecond: number(given[rate], `${path}.${rate}`, rule.perSecond * seconds, MOST) / seconds,
    burst: whole(given["burst"], `${path}.burst`, rule.burst, MOST),
  };
}

function pending(value: JsonValue | undefined, path: string, otherwise: PendingLimits): PendingLimits {
  if (value === undefined) return otherwise;
  const names = ["account", "unverified", "unverifiedSender", "verifiedSender"] as const;
  const given = settings(value, path, names);
  const cap = (name: (typeof names)[number]): number => whole(given[name], `${path}.${name}`, otherwise[name], MOST);
  return {
    account: cap("account"),
    unverified: cap("unverified"),
    unverifiedSender: cap("unverifiedSender"),
    verifiedSender: cap("verifiedSender"),
  };
}

/** A RetryAfter is at most a day, so a cool-down is not longer. */
const DAY_MINUTES = 24 * 60;

function coolDown(value: JsonValue | undefined, path: string, otherwise: CoolDownRule): CoolDownRule {
  if (value === undefined) return otherwise;
  const given = settings(value, path, ["rejections", "withinMinutes", "firstMinutes", "longestMinutes"]);
  const minutes = (name: string, ms: number): number =>
    number(given[name], `${path}.${name}`, ms / 60_000, DAY_MINUTES) * 60_000;
  const rejections = whole(given["rejections"], `${path}.rejections`, otherwise.rejections, MOST);
  if (rejections === 0) throw wrong(`${path}.rejections must be at least 1.`);
  return {
    rejections,
    withinMs: minutes("withinMinutes", otherwise.withinMs),
    firstMs: minutes("firstMinutes", otherwise.firstMs),
    longestMs: minutes("longestMinutes", otherwise.longestMs),
  };
}

function limits(value: JsonValue | undefined, otherwise: Limits): Limits | undefined {
  if (value === undefined) return otherwise;
  if (value === false) return undefined;
  const given = settings(value, "limits", ["address", "kid", "wrongProofs", "pending", "coolDown"]);
  return {
    address: bucket(given["address"], "limits.address", "perSecond", otherwise.address),
    kid: bucket(given["kid"], "limits.kid", "perSecond", otherwise.kid),
    wrongProofs: bucket(given["wrongProofs"], "limits.wrongProofs", "perMinute", otherwise.wrongProofs),
    pending: pending(given["pending"], "limits.pending", otherwise.pending),
    coolDown: coolDown(given["coolDown"], "limits.coolDown", otherwise.coolDown),
  };
}

function enquirers(value: JsonValue | undefined): EnquirerClass | undefined {
  if (value === undefined) return undefined;
  const found = ENQUIRER_CLASSES.find((name) => name === value);
  if (found === undefined) throw wrong(`enquirers must be one of ${ENQUIRER_CLASSES.join(", ")}.`);
  return found;
}

function lookups(value: JsonValue | undefined): Policy["lookups"] {
  const given = value === undefined ? {} : settings(value, "lookups", ["allowPrivate"]);
  const allowPrivate = given["allowPrivate"] ?? false;
  if (typeof allowPrivate !== "boolean") throw wrong("lookups.allowPrivate must be true or false.");
  return { allowPrivate };
}

/**
 * Reads a policy.
 *
 * @param file - the file's content, such as `{"limits": false}`
 * @throws BrokerError `policy`, with a sentence that names the setting
 */
export function readPolicy(file: Uint8Array | string): Policy {
  let json: JsonValue;
  try {
    json = scanJson(file, LIMITS.messageBytes);
  } catch (error) {
    if (error instanceof ProtocolError) throw wrong(error.message);
    throw error;
  }
  const given = settings(json, "it", ["limits", "enquirers", "messageBytes", "requestBytes", "lookups"]);
  return {
    limits: limits(given["limits"], DEFAULT_LIMITS),
    enquirers: enquirers(given["enquirers"]),
    messageBytes: whole(given["messageBytes"], "messageBytes", LIMITS.messageBytes, LIMITS.messageBytes),
    requestBytes: whole(given["requestBytes"], "requestBytes", LIMITS.requestBytes, LIMITS.requestBytes),
    lookups: lookups(given["lookups"]),
  };
}
