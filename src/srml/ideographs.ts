/** Variation selectors 17 to 256 after an ideograph: the sequences that are registered (UTS #37), and no others. */
import { IDEOGRAPHIC_VARIATION } from "./tables.generated.ts";
import { accumulate, countUpTo, decodeNumbers, lazy } from "./tables.ts";

const FIRST_SELECTOR = 0xe0100;

interface Runs {
  /** Where the next run starts. */
  readonly ends: Uint32Array;
  /** How many sequences each code point of the run has. */
  readonly counts: readonly number[];
}

const runs = lazy<Runs>(() => {
  const lengths: number[] = [];
  const counts: number[] = [];
  const numbers = decodeNumbers(IDEOGRAPHIC_VARIATION)[Symbol.iterator]();
  for (const head of numbers) {
    lengths.push(Math.floor(head / 8) + 1);
    counts.push(head % 8 < 7 ? head % 8 : Number(numbers.next().value));
  }
  return { ends: accumulate(lengths), counts };
});

/** Whether `selector` (U+E0100 to U+E01EF) after `ideograph` is a registered sequence. */
export function isVariantRegistered(ideograph: number, selector: number): boolean {
  const { ends, counts } = runs();
  // The registry numbers the sequences of an ideograph without gaps.
  return selector - FIRST_SELECTOR < (counts[countUpTo(ends, ideograph)] ?? 0);
}
