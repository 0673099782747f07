/**
 * The JSON Schema that is shipped: a validator that shares no code with ours takes it, and it says the same as the readers.
 * Where a reader looks closer than a schema can (a day that exists, a length in UTF-16 units), the difference is named.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MESSAGES, STRUCTURES } from "../../src/protocol/definitions.ts";
import { isJsonObject, type JsonObject, type JsonValue, ProtocolError, type Shape } from "../../src/protocol/index.ts";
import { readReceipt } from "../../src/receipt/index.ts";
import { wireSchema } from "../../src/receipt/wire-schema.ts";
import { compileSchema } from "../support/json-schema.mjs";
import { definition, mutatedValues, schemaValues } from "../support/schema-values.ts";

const SCHEMA = wireSchema();
const validators = compileSchema(SCHEMA);
const ROOT = join(import.meta.dirname, "../..");

/** What a reader refuses of a value, or undefined. */
function refusalOf(shape: Shape<unknown>, value: JsonValue): ProtocolError | undefined {
  try {
    shape.read(value, "it");
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

/** What a schema cannot say: an account and a date beyond their form, and lengths, which a schema counts in code points. */
function isNarrower({ code, message }: ProtocolError): boolean {
  return code === "account" || code === "time" || / must be \d+ to \d+ characters\.$/.test(message);
}

describe("the schema", () => {
  it("compiles in a validator at its strictest", () => {
    expect(validators.root({ HelloRequest: {} })).toBeUndefined();
    expect(validators.root({ HelloRequest: {}, StatusRequest: { BrokerID: "A" } })).toBeDefined();
    expect(validators.root({ Hello: {} })).toBeDefined();
  });

  it("takes a message in the form of either draft", () => {
    const jws = { payload: "e30", signatures: [{ protected: "e30", signature: "AA" }] };
    const account = "bob@example.com";
    for (const held of [{ Request: { Request: jws, ResponderAccount: account } }, { Request: jws, Responder: account }])
      expect(validators.root({ EnquireRequest: held })).toBeUndefined();
    expect(validators.root({ EnquireRequest: { Request: jws, ResponderAccount: account } })).toBeDefined();
  });

  it("has a title and a description that cites a section, or says that it is ours, for each message and structure", () => {
    const definitions = Object.entries(SCHEMA["$defs"] as JsonObject);
    expect(definitions.length).toBeGreaterThan(30);
    for (const [name, one] of definitions) {
      const { title, description } = one as JsonObject;
      expect(title).toBe(name);
      expect(description).toMatch(/§|ours|RFC|draft-|32 bytes/);
    }
  });

  it("is a file of the package, for whoever has no JavaScript", () => {
    const { exports, files } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      exports: Record<string, unknown>;
      files: readonly string[];
    };
    expect(exports["./schema.json"]).toBe("./dist/node/schema.json");
    expect(files).toContain("dist/node");
    expect(JSON.parse(readFileSync(join(ROOT, "dist/node/schema.json"), "utf8"))).toEqual(SCHEMA);
  });
});

const readers: readonly (readonly [string, Shape<unknown>])[] = Object.entries({ ...STRUCTURES, ...MESSAGES }).map(
  ([name, { shape }]) => [name, shape],
);

describe("the schema and the reader agree", () => {
  it.each(readers)("on %s", (name, shape) => {
    // A frame of the push channel has no entry of its own where it carries a structure that has one.
    const own = Object.hasOwn(SCHEMA["$defs"] as JsonObject, name) ? name : "RequestEntry";
    const validate = validators.definition(own);
    const described = schemaValues(SCHEMA, { $ref: `#/$defs/${own}` });
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(described, mutatedValues(described)), (value) => {
        const refused = refusalOf(shape, value);
        const invalid = validate(value);
        if (refused === undefined) {
          taken += 1;
          expect(invalid, "taken by the reader").toBeUndefined();
        } else if (invalid === undefined) {
          expect(isNarrower(refused), `${refused.code}: ${refused.message}`).toBe(true);
        }
      }),
      { numRuns: 250 },
    );
    expect(taken).toBeGreaterThan(10);
  });
});

/** The JSON examples of a document, by their line. */
function examplesOf(path: string): readonly (readonly [number, JsonValue])[] {
  const text = readFileSync(join(ROOT, path), "utf8");
  return [...text.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(({ 1: example = "", index }) => [
    text.slice(0, index).split("\n").length,
    JSON.parse(example) as JsonValue,
  ]);
}

/** Valid as a message, as one of the tagged structures that are signed, or as a set of keys, which is no message. */
function isDescribed(example: JsonValue): string | undefined {
  const [tag = ""] = isJsonObject(example) ? Object.keys(example) : [];
  if (isJsonObject(example) && Array.isArray(example["keys"])) {
    return example["keys"].map(validators.definition("PublicJwk")).find((invalid) => invalid !== undefined);
  }
  return Object.hasOwn(STRUCTURES, tag) ? validators.definition(tag)(example) : validators.root(example);
}

describe("the examples of docs/protocol.md are valid", () => {
  it.each(examplesOf("docs/protocol.md"))("line %i", (_, example) => {
    expect(isDescribed(example)).toBeUndefined();
  });
});

describe("a receipt", () => {
  it("that the reader refuses for its form is not valid either", () => {
    const validate = validators.root;
    const described = schemaValues(SCHEMA, definition(SCHEMA, "Receipt"));
    fc.assert(
      fc.property(fc.oneof(described, mutatedValues(described)), (body) => {
        const receipt = { Receipt: body };
        try {
          readReceipt(JSON.stringify(receipt));
          expect(validate(JSON.parse(JSON.stringify(receipt)))).toBeUndefined();
        } catch (error) {
          if (!(error instanceof Error) || error.name !== "ReceiptError") throw error;
          // Lengths are counted otherwise, and a name such as valueOf does not get past the scanner.
          if (/characters\.$|is not allowed\.$/.test(error.message)) return;
          expect(validate(receipt), error.message).toBeDefined();
        }
      }),
      { numRuns: 250 },
    );
  });
});
