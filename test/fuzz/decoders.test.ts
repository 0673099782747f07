/**
 * Every decoder takes any text and any bytes: it reads them or throws one of its own errors, which its callers know. SEED
 * repeats a run; `npm run fuzz` tries many more.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomFrom, seedOf } from "../support/random.ts";
import { DECODERS, type Decoder } from "./decoders.ts";
import { mutateBytes, mutateText, mutateTree } from "./mutate.ts";
import { textOfTree, treeOf, type Tree } from "./tree.ts";
import type { JsonValue } from "../../src/protocol/index.ts";

const RUNS = Number(process.env["FUZZ_MESSAGES"] ?? 0) > 100_000 ? 5000 : 100;
const seed = seedOf("fuzz of the decoders") | 0;

/** The tree of a text that is JSON; a text that is none is one leaf. */
function parsed(text: string): Tree {
  try {
    return treeOf(JSON.parse(text) as JsonValue);
  } catch {
    return { raw: JSON.stringify(text) };
  }
}

/** A valid text of the decoder, changed in its structure, its text or its bytes. */
function mutated({ valid }: Decoder): fc.Arbitrary<string> {
  const trees = valid.map(parsed);
  const structures = trees.some((tree) => !("raw" in tree));
  return fc.tuple(fc.nat(valid.length - 1), fc.integer()).map(([index, start]) => {
    const random = randomFrom(start);
    const text = valid[index] ?? "";
    const dice = random();
    if (dice < 0.6 && structures) return textOfTree(mutateTree(trees[index] ?? { raw: "" }, random, trees));
    if (dice < 0.8) return mutateText(text, random);
    return Buffer.from(mutateBytes(Buffer.from(text), random)).toString();
  });
}

async function outcomeOf({ decode, own }: Decoder, text: string): Promise<"read" | "refused"> {
  try {
    await decode(text);
    return "read";
  } catch (error) {
    if (own.some((kind) => error instanceof kind)) return "refused";
    throw error;
  }
}

describe("a decoder throws its own errors and no other", () => {
  it.each(DECODERS)("$name", async (decoder) => {
    for (const text of decoder.valid) await outcomeOf(decoder, text);
    const texts = fc.oneof(
      { arbitrary: mutated(decoder), weight: 6 },
      { arbitrary: fc.string({ unit: "binary", maxLength: 80 }), weight: 1 },
      { arbitrary: fc.json({ maxDepth: 3 }), weight: 1 },
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        await outcomeOf(decoder, text);
      }),
      { numRuns: RUNS, seed },
    );
  });

  it("and what it is tried with is worth trying: each reads at least one of its valid texts", async () => {
    for (const decoder of DECODERS) {
      const outcomes = await Promise.all(decoder.valid.map((text) => outcomeOf(decoder, text)));
      // The seal of an answer is by a key that nobody here has.
      if (!/seal|must be signed/.test(decoder.name)) expect(outcomes, decoder.name).toContain("read");
    }
  });
});
