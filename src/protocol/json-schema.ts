/**
 * The JSON Schema 2020-12 of a set of shapes, in one document: each named shape is one entry of `$defs`, and where it
 * is used inside another there is a reference to it. What the schema says is what the readers read, from one source.
 */
import type { JsonObject, JsonValue } from "./json.ts";
import { isJsonObject } from "./json.ts";
import type { Shape } from "./shape.ts";

export const SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** A shape with what a reader of its schema should know. */
export interface Described {
  readonly shape: Shape<unknown>;
  /** One sentence, which cites the draft's section or says that it is ours. */
  readonly description: string;
}

export type Definitions = Readonly<Record<string, Described>>;

/**
 * Writes the schema of messages and of the structures that they are made of.
 *
 * @param messages - tag -> the shape of what the tag holds; a value is valid at the root if it is one of these, tagged
 * @param structures - name -> shape: what messages share, and what travels encoded inside them
 * @param forms - tag -> the structure that the tag may hold as well
 */
export function jsonSchemaOf(
  about: { readonly id: string; readonly title: string; readonly description: string },
  messages: Definitions,
  structures: Definitions,
  forms: Readonly<Record<string, string>> = {},
): JsonObject {
  const all = { ...messages, ...structures };
  const names = new Map(Object.entries(all).map(([name, { shape }]) => [shape.schema, name]));
  const referred = (value: JsonValue): JsonValue => {
    if (isJsonArray(value)) return value.map(referred);
    if (!isJsonObject(value)) return value;
    const name = names.get(value);
    return name === undefined ? inside(value) : { $ref: `#/$defs/${name}` };
  };
  const inside = (schema: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, referred(value)]));
  const definitions = Object.entries(all).filter(([name, { shape }]) => names.get(shape.schema) === name);
  return {
    $schema: SCHEMA_DIALECT,
    $id: about.id,
    title: about.title,
    description: about.description,
    // Members that are not known are ignored, so a message may have the form of both drafts at once.
    anyOf: [
      ...Object.entries(messages).map(([tag, { shape, description }]) =>
        rootOf(tag, description, referred(shape.schema)),
      ),
      ...Object.entries(forms).map(([tag, name]) =>
        rootOf(tag, structures[name]?.description ?? "", { $ref: `#/$defs/${name}` }),
      ),
    ],
    $defs: Object.fromEntries(
      definitions.map(([name, { shape, description }]) => [
        name,
        { title: name, description, ...inside(shape.schema) },
      ]),
    ),
  };
}

function rootOf(tag: string, description: string, held: JsonValue): JsonObject {
  return {
    title: tag,
    description,
    type: "object",
    required: [tag],
    properties: { [tag]: held },
    additionalProperties: false,
  };
}

function isJsonArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
