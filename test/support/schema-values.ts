/** Generated values: such as a JSON Schema of ours describes, and others that differ from one in a few places. */
import fc from "fast-check";
import type { JsonObject, JsonValue } from "../../src/protocol/index.ts";
import { isJsonObject } from "../../src/protocol/index.ts";

type Values = fc.Arbitrary<JsonValue>;

/** What of a pattern's many texts passes the closer look that a schema cannot describe. */
const GOOD: Readonly<Record<string, readonly string[]>> = {
  Account: ["alice@example.com", "a.b+c@localhost", "BOB@Example.COM"],
  DateTime: ["2026-11-26T09:15:59Z", "2017-08-17T01:15:59.5+00:00"],
};

/** Values that the schema describes, with members that it does not name here and there. `root` holds the `$defs`. */
export function schemaValues(root: JsonObject, schema: JsonValue): Values {
  const part = (name: string): JsonValue => (isJsonObject(schema) ? (schema[name] ?? null) : null);
  const reference = part("$ref");
  if (typeof reference === "string") {
    const name = reference.replace("#/$defs/", "");
    const described = schemaValues(root, definition(root, name));
    const good = GOOD[name];
    return good === undefined
      ? described
      : fc.oneof({ arbitrary: fc.constantFrom(...good), weight: 20 }, { arbitrary: described, weight: 1 });
  }
  const choices = part("anyOf") ?? part("oneOf");
  if (Array.isArray(choices)) return fc.oneof(...choices.map((one: JsonValue) => schemaValues(root, one)));
  switch (part("type")) {
    case "object":
      return objects(root, schema as JsonObject);
    case "array":
      return fc.array(schemaValues(root, part("items")), {
        minLength: Number(part("minItems")),
        maxLength: Math.min(Number(part("maxItems")), Number(part("minItems")) + 3),
      });
    case "string":
      return strings(schema as JsonObject);
    case "integer":
      return fc.integer({ min: Number(part("minimum")), max: Number(part("maximum")) });
    case "boolean":
      return fc.boolean();
    default:
      throw new Error(`No values for ${JSON.stringify(schema).slice(0, 100)}`);
  }
}

export function definition(root: JsonObject, name: string): JsonObject {
  const definitions = root["$defs"] ?? null;
  const found = isJsonObject(definitions) ? definitions[name] : undefined;
  if (found === undefined || !isJsonObject(found)) throw new Error(`The schema has no ${name}.`);
  return found;
}

function objects(root: JsonObject, schema: JsonObject): Values {
  const properties = schema["properties"] as JsonObject;
  const members = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, schemaValues(root, one)]));
  const known = fc.record(members, { requiredKeys: schema["required"] as string[] });
  if (schema["additionalProperties"] === false) return known;
  const unknown = fc.dictionary(fc.stringMatching(/^[a-z]{3,8}$/), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 1 });
  return fc.tuple(known, unknown).map(([ours, others]) => ({ ...(others as JsonObject), ...ours }));
}

function strings(schema: JsonObject): Values {
  const [least, most] = [Number(schema["minLength"] ?? 0), Math.min(Number(schema["maxLength"] ?? 100), 60)];
  const { pattern } = schema;
  if (typeof pattern !== "string") return fc.string({ minLength: least, maxLength: most, unit: "grapheme" });
  // The generator knows no length: signs that may be repeated are repeated until there are enough.
  const long = fc.stringMatching(new RegExp(pattern)).map((text) => text.slice(0, Math.max(most, 60)));
  return long.filter((text) => text.length >= least && text.length <= Number(schema["maxLength"] ?? 100));
}

const ODD: readonly JsonValue[] = [
  ...[null, true, false, 0, -1, 1, 1.5, 1e308, -0, 2 ** 53, "", " ", "x", "\u0000", "ı", "😀", "e\u0301"],
  ...[[], {}, [[]], [null], { Status: 201 }, { d: "AA" }, "PENDING", "pending", "PENDıNG", "A".repeat(300)],
];

/** The value with one to three of its parts replaced, left out, doubled or wrapped. */
export function mutatedValues(values: Values): Values {
  const change = fc.record({ place: fc.nat(), how: fc.constantFrom(...HOW), odd: fc.constantFrom(...ODD) });
  return fc
    .tuple(values, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([value, changes]) => changes.reduce((now, { place, how, odd }) => mutate(now, place, how, odd), value));
}

const HOW = ["replace", "remove", "wrap", "double", "add", "rename"] as const;
type How = (typeof HOW)[number];

/** Changes the part of a value that has the number `place`, counted in document order. */
function mutate(value: JsonValue, place: number, how: How, odd: JsonValue): JsonValue {
  let left = place % sizeOf(value);
  const walk = (part: JsonValue): JsonValue | undefined => {
    if (left-- === 0) return changed(part, how, odd);
    if (Array.isArray(part)) return part.map((one: JsonValue) => walk(one)).filter((one) => one !== undefined);
    if (!isJsonObject(part)) return part;
    const members = Object.entries(part).map(([name, one]) => [name, walk(one)] as const);
    return Object.fromEntries(members.filter((member): member is [string, JsonValue] => member[1] !== undefined));
  };
  return walk(value) ?? null;
}

function sizeOf(value: JsonValue): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce((sum: number, one: JsonValue) => sum + sizeOf(one), 1);
}

function twice(part: JsonValue): JsonValue {
  return typeof part === "string" ? part + part : part;
}

function changed(part: JsonValue, how: How, odd: JsonValue): JsonValue | undefined {
  switch (how) {
    case "replace":
      return odd;
    case "remove":
      return undefined;
    case "wrap":
      return [part];
    case "double":
      return Array.isArray(part) ? (part as JsonValue[]).flatMap((one) => [one, one]) : twice(part);
    case "add":
      return isJsonObject(part) ? { ...part, other: odd } : odd;
    case "rename":
      return isJsonObject(part)
        ? Object.fromEntries(Object.entries(part).map(([name, one], at) => [at === 0 ? name.toLowerCase() : name, one]))
        : odd;
  }
}
