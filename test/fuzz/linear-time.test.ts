/**
 * Whatever is read from others is bounded before it is parsed, and read in time that grows with its length and not faster:
 * twice the text takes at most two and a half times as long, for texts that are made to hurt.
 */
import { describe, expect, it } from "vitest";
import { growth } from "../support/growth.ts";
import { type Decoder, DECODERS } from "./decoders.ts";

const MOST = 2.5;
/** A length, and how many doublings of it are looked at. */
interface Range {
  readonly length: number;
  readonly doublings: number;
}

/** As long as many a message is: small enough that no engine keeps anything in another way, large enough to tell. */
const NEAR: Range = { length: 2 * 1024, doublings: 3 };
/**
 * For what is not bounded by itself, also far beyond the longest message. An engine keeps a text from some hundred thousand
 * characters on in another way, at twice the cost: over five doublings such a step is less than half of what is allowed.
 */
const FAR: Range = { length: 8 * 1024, doublings: 5 };
/** From some thousand members on an engine keeps an object as a table, at three times the cost: a step too high for that. */
const ARE_NEAR = /^many (?:escaped )?(?:names|numbers)/;
/** A decoder whose limit leaves no room to grow is seen beyond its limit alone. */
const ROOM = 1024;

function rangesOf({ limit }: Decoder): readonly Range[] {
  if (limit === undefined) return [NEAR, FAR];
  return limit < ROOM ? [] : [{ ...NEAR, length: Math.min(NEAR.length, Math.floor((limit * 0.9) / 8)) }];
}

const growing = DECODERS.flatMap((decoder) =>
  rangesOf(decoder).flatMap((range) =>
    Object.entries(decoder.hostile)
      .filter(([what]) => range !== FAR || !ARE_NEAR.test(what))
      .map(([what, make]) => ({ ...range, decoder, name: decoder.name, what, make })),
  ),
);

describe("twice the text takes at most two and a half times as long", () => {
  it.each(growing)("$name: $what, from $length", async ({ decoder, make, length, doublings }) => {
    const work = (length: number) => {
      const text = make(length);
      return () => decoder.decode(text);
    };
    const most = MOST ** doublings;
    expect(await growth(work, length, 2 ** doublings, most)).toBeLessThanOrEqual(most);
  });

  it("and the measure can tell: a scan that looks back over what it read takes longer", async () => {
    const lookBack = (length: number) => () => {
      let seen = 0;
      for (let at = 0; at < length; at++) for (let back = at; back >= 0; back--) seen += back ^ at;
      return seen;
    };
    expect(await growth(lookBack, 1000, 2, MOST)).toBeGreaterThan(MOST);
  });
});

const bounded = DECODERS.filter(
  (decoder): decoder is Decoder & { readonly limit: number } => decoder.limit !== undefined,
);

describe("what is longer than its limit is refused without being looked at", () => {
  it.each(bounded)("$name: eight times as much takes no longer", async ({ decode, limit, valid }) => {
    const [first = ""] = valid;
    const work = (times: number) => {
      // Through bytes and back, so that it is one text and not many that are joined when it is first looked at.
      const text = Buffer.from(`${first}${" ".repeat(limit * times)}`).toString();
      return () => decode(text);
    };
    expect(await growth(work, 2, 8, MOST)).toBeLessThanOrEqual(MOST);
  });
});
