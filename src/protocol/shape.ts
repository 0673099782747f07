/**
 * Shapes: a reader and a JSON Schema in one. A message is described once; the description copies a scanned JSON
 * value into a frozen typed value, dropping members that it does not name, and prints its own schema.
 */
import { ProtocolError } from "./errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";

export interface Shape<T> {
  /**
   * Copies `value` into a frozen `T`.
   *
   * @param path - where in the message the value is, for the sentence of the error
   * @throws ProtocolError `shape`, or the code of a narrower reader
   */
  readonly read: (value: JsonValue, path: string) => T;
  /** JSON Schema 2020-12. */
  readonly schema: JsonObject;
}

export type ReadOf<S> = S extends Shape<infer T> ? T : never;

type Members = Readonly<Record<string, Shape<unknown>>>;
type Required<M extends Members> = { readonly [K in keyof M]: ReadOf<M[K]> };
type Optional<M extends Members> = { readonly [K in keyof M]?: ReadOf<M[K]> };

function wrong(path: string, expected: string): ProtocolError {
  return new ProtocolError("shape", `${path} must be ${expected}.`);
}

interface TextRules {
  readonly pattern?: RegExp;
  /** Narrows further; throws what is wrong. */
  readonly check?: (value: string) => unknown;
  /** What the schema says of a text that `check` reads: everything that passes has this form. */
  readonly form?: RegExp;
  readonly format?: string;
}

/** A string of `min` to `max` UTF-16 units. */
export function text(min: number, max: number, rules: TextRules = {}): Shape<string> {
  const { pattern, check, form = pattern, format } = rules;
  return {
    read: (value, path) => {
      if (typeof value !== "string") throw wrong(path, "a string");
      if (value.length < min || value.length > max) throw wrong(path, `${String(min)} to ${String(max)} characters`);
      if (pattern?.test(value) === false) throw wrong(path, `of the form ${pattern.source}`);
      check?.(value);
      return value;
    },
    schema: {
      type: "string",
      minLength: min,
      maxLength: max,
      ...(form === undefined ? {} : { pattern: form.source }),
      ...(format === undefined ? {} : { format }),
    },
  };
}

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number): Shape<number> {
  return {
    read: (value, path) => {
      if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
        throw wrong(path, `a whole number from ${String(min)} to ${String(max)}`);
      }
      return value;
    },
    schema: { type: "integer", minimum: min, maximum: max },
  };
}

export const boolean: Shape<boolean> = {
  read: (value, path) => {
    if (typeof value !== "boolean") throw wrong(path, "true or false");
    return value;
  },
  schema: { type: "boolean" },
};

/** Of the letters of ASCII alone: that of others, such as the dotless i, may be one of them. */
function upperCase(letters: string): string {
  return letters.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

/** One of the given texts of ASCII, in any case; the value read is in the case given here. */
export function oneOf<const T extends string>(...values: readonly T[]): Shape<T> {
  const anyCase = (value: string): string =>
    value.replace(/[A-Za-z]/g, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`);
  const byUpperCase = new Map(values.map((known) => [upperCase(known), known]));
  return {
    read: (value, path) => {
      const found = typeof value === "string" ? byUpperCase.get(upperCase(value)) : undefined;
      if (found === undefined) throw wrong(path, `one of ${values.join(", ")}`);
      return found;
    },
    schema: { type: "string", pattern: `^(?:${values.map(anyCase).join("|")})$`, examples: values },
  };
}

/** Any of the shapes, tried in order; the error is that of the last. */
export function either<A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> {
  return {
    read: (value, path) => {
      try {
        return first.read(value, path);
      } catch {
        return second.read(value, path);
      }
    },
    schema: { anyOf: [first.schema, second.schema] },
  };
}

/** `min` to `max` items of one shape. */
export function list<T>(item: Shape<T>, min: number, max: number): Shape<readonly T[]> {
  return {
    read: (value, path) => {
      if (!Array.isArray(value) || value.length < min || value.length > max) {
        throw wrong(path, `an array of ${String(min)} to ${String(max)} items`);
      }
      return Object.freeze(value.map((one: JsonValue, index) => item.read(one, `${path}[${String(index)}]`)));
    },
    schema: { type: "array", items: item.schema, minItems: min, maxItems: max },
  };
}

/** What a prototype brings is no member of the message. */
function own(value: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** An object with members that must be there and members that may; others are ignored, as the design says. */
export function object<R extends Members>(required: R): Shape<Required<R>>;
export function object<R extends Members, O extends Members>(
  required: R,
  optional: O,
): Shape<Required<R> & Optional<O>>;
export function object(required: Members, optional: Members = {}): Shape<unknown> {
  const members = Object.entries({ ...required, ...optional });
  const mustBe = new Set(Object.keys(required));
  return {
    read: (value, path) => {
      if (!isJsonObject(value)) throw wrong(path, "an object");
      const copy: Record<string, unknown> = {};
      for (const [name, shape] of members) {
        const member = own(value, name);
        if (member !== undefined) copy[name] = shape.read(member, `${path}.${name}`);
        else if (mustBe.has(name)) throw new ProtocolError("shape", `${path}.${name} is missing.`);
      }
      return Object.freeze(copy);
    },
    schema: {
      type: "object",
      required: Object.keys(required),
      properties: Object.fromEntries(members.map(([name, shape]) => [name, shape.schema])),
    },
  };
}

/** An object with exactly one member, which names what it holds, as in `{"TBSRequest": {...}}`. */
export function tagged<T>(tag: string, shape: Shape<T>): Shape<T> {
  return {
    read: (value, path) => {
      if (!isJsonObject(value)) throw wrong(path, "an object");
      const member = own(value, tag);
      if (member === undefined || Object.keys(value).length !== 1) {
        throw new ProtocolError("unknown_tag", `${path} must have exactly one member, ${tag}.`);
      }
      return shape.read(member, tag);
    },
    schema: { type: "object", required: [tag], properties: { [tag]: shape.schema }, additionalProperties: false },
  };
}
