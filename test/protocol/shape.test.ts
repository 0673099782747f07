/** Shapes: what they refuse, what they drop, that what they give is frozen, and the schema that they print. */
import { describe, expect, it } from "vitest";
import {
  boolean,
  either,
  integer,
  type JsonValue,
  list,
  object,
  oneOf,
  ProtocolError,
  type Shape,
  tagged,
  text,
} from "../../src/protocol/index.ts";
import { refusal, refusalCode } from "../support/refusal.ts";

const point = object({ x: integer(0, 9), y: integer(0, 9) }, { label: text(1, 5), seen: boolean });

const read = (shape: Shape<unknown>, value: JsonValue) => shape.read(value, "it");

describe("an object", () => {
  it("is copied with the members that it names, in any order, and without all others", () => {
    expect(read(point, { other: { deep: 1 }, y: 2, x: 1, seen: false })).toEqual({ x: 1, y: 2, seen: false });
  });

  it("is frozen, and so is all that it holds", () => {
    const shape = object({ points: list(point, 0, 3), inner: object({ names: list(text(1, 5), 0, 3) }) });
    const value = shape.read({ points: [{ x: 1, y: 2 }], inner: { names: ["a"] } }, "it");
    for (const part of [value, value.points, value.points[0], value.inner, value.inner.names]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it("is another object than the one that was read: a later change there changes nothing here", () => {
    const raw = { x: 1, y: 2 };
    const value = point.read(raw, "it");
    raw.x = 9;
    expect(value.x).toBe(1);
  });

  it.each<[string, JsonValue]>([
    ["a member is missing", { x: 1 }],
    ["a member has the wrong type", { x: "1", y: 2 }],
    ["a member is null", { x: null, y: 2 }],
    ["an optional member has the wrong type", { x: 1, y: 2, seen: "yes" }],
    ["an optional member is null", { x: 1, y: 2, seen: null }],
    ["it is an array", [1, 2]],
    ["it is null", null],
    ["it is a string", "x"],
  ])("is refused where %s", async (_, value) => {
    expect(await refusalCode(() => read(point, value))).toBe("shape");
  });

  it("says where in the message the fault is", async () => {
    const shape = object({ points: list(point, 0, 3) });
    const error = await refusal(() => read(shape, { points: [{ x: 1, y: 2 }, { x: 1 }] }));
    expect(error.message).toContain("it.points[1].y");
  });

  it("never takes a member that the object only inherits", async () => {
    expect(await refusalCode(() => read(object({ toString: text(0, 999) }), {}))).toBe("shape");
    expect(read(object({}, { constructor: text(0, 999) }), {})).toEqual({});
  });
});

describe("the simple shapes", () => {
  it.each<[string, Shape<unknown>, JsonValue]>([
    ["a text that is too short", text(2, 3), "a"],
    ["a text that is too long", text(2, 3), "abcd"],
    ["a text of another form", text(0, 9, { pattern: /^[a-z]*$/ }), "A"],
    ["a text of the right form but for a line feed at its end", text(0, 9, { pattern: /^[a-z]*$/ }), "a\n"],
    ["a number for a text", text(0, 9), 1],
    ["a number below", integer(1, 5), 0],
    ["a number above", integer(1, 5), 6],
    ["a fraction", integer(1, 5), 1.5],
    ["a number that JSON.parse made infinite", integer(1, Number.MAX_SAFE_INTEGER), Infinity],
    ["a number in a string", integer(1, 5), "1"],
    ["a number for a boolean", boolean, 1],
    ["a text for a boolean", boolean, "true"],
    ["a word that is not in the list", oneOf("YES", "NO"), "MAYBE"],
    ["a number for a word", oneOf("YES", "NO"), 1],
    ["too few items", list(boolean, 1, 2), []],
    ["too many items", list(boolean, 1, 2), [true, true, true]],
    ["an item of another type", list(boolean, 1, 2), [true, 1]],
    ["an object for a list", list(boolean, 0, 2), { length: 1, 0: true }],
    ["neither of two shapes", either(integer(0, 9), text(1, 2)), true],
  ])("refuse %s", async (_, shape, value) => {
    expect(await refusalCode(() => read(shape, value))).toBe("shape");
  });

  it("read their bounds", () => {
    expect(read(text(2, 3), "ab")).toBe("ab");
    expect(read(text(2, 3), "abc")).toBe("abc");
    expect(read(integer(1, 5), 1)).toBe(1);
    expect(read(integer(1, 5), 5)).toBe(5);
    expect(read(list(boolean, 0, 2), [])).toEqual([]);
    expect(read(list(boolean, 0, 2), [true, false])).toEqual([true, false]);
    expect(read(either(integer(0, 9), text(1, 2)), 3)).toBe(3);
    expect(read(either(integer(0, 9), text(1, 2)), "ab")).toBe("ab");
  });

  it("read a word in any case and give it in ours, since the examples of the draft say Reply", () => {
    expect(read(oneOf("REPLY", "PENDING"), "Reply")).toBe("REPLY");
  });

  it("pass on the code of a narrower reader", async () => {
    const check = () => {
      throw new ProtocolError("account", "No account.");
    };
    expect(await refusalCode(() => read(text(0, 9, { check }), "x"))).toBe("account");
  });
});

describe("a tagged object", () => {
  const shape = tagged("Point", point);

  it("is read through its one member", () => {
    expect(read(shape, { Point: { x: 1, y: 2 } })).toEqual({ x: 1, y: 2 });
  });

  it.each<[string, JsonValue]>([
    ["no member", {}],
    ["another member", { Line: {} }],
    ["a second member", { Point: { x: 1, y: 2 }, Line: {} }],
    ["its tag in another case", { point: { x: 1, y: 2 } }],
  ])("is refused with %s", async (_, value) => {
    expect(await refusalCode(() => read(shape, value))).toBe("unknown_tag");
  });

  it("is refused where it is no object", async () => {
    expect(await refusalCode(() => read(shape, ["Point"]))).toBe("shape");
  });
});

describe("the schema", () => {
  it("says of an object what is required, what is allowed, and of each member its bounds", () => {
    expect(point.schema).toEqual({
      type: "object",
      required: ["x", "y"],
      properties: {
        x: { type: "integer", minimum: 0, maximum: 9 },
        y: { type: "integer", minimum: 0, maximum: 9 },
        label: { type: "string", minLength: 1, maxLength: 5 },
        seen: { type: "boolean" },
      },
    });
  });

  it("says the same as the reader of lists, words, choices, forms and tags", () => {
    expect(list(boolean, 1, 2).schema).toEqual({ type: "array", items: { type: "boolean" }, minItems: 1, maxItems: 2 });
    expect(oneOf("A", "b-C").schema).toEqual({
      type: "string",
      pattern: "^(?:[Aa]|[Bb]-[Cc])$",
      examples: ["A", "b-C"],
    });
    expect(either(boolean, integer(1, 2)).schema).toEqual({ anyOf: [boolean.schema, integer(1, 2).schema] });
    expect(text(1, 2, { pattern: /^a+$/, format: "date-time" }).schema).toEqual({
      type: "string",
      minLength: 1,
      maxLength: 2,
      pattern: "^a+$",
      format: "date-time",
    });
    expect(tagged("Point", boolean).schema).toEqual({
      type: "object",
      required: ["Point"],
      properties: { Point: { type: "boolean" } },
      additionalProperties: false,
    });
  });
});
