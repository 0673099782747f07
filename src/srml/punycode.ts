/** Decodes Punycode (RFC 3492), in which a label of a domain name carries letters that are not ASCII. */

const BASE = 36;
const MOST = 0x7fffffff;

/**
 * The text of an A-label, given in lower case and without its `xn--`; undefined where it is not Punycode. No two
 * inputs give the same text.
 */
export function decodePunycode(label: string): string | undefined {
  const delimiter = label.lastIndexOf("-");
  const points = Array.from(label.slice(0, Math.max(delimiter, 0)), (sign) => sign.charCodeAt(0));
  let point = 0x80;
  let bias = 72;
  let index = 0;
  for (let at = delimiter > 0 ? delimiter + 1 : 0; at < label.length;) {
    const before = index;
    let weight = 1;
    for (let position = BASE; ; position += BASE) {
      const digit = digitOf(label.charCodeAt(at));
      at += 1;
      if (digit === undefined) return undefined;
      index += digit * weight;
      if (index > MOST) return undefined;
      const threshold = Math.min(Math.max(position - bias, 1), 26);
      if (digit < threshold) break;
      weight *= BASE - threshold;
    }
    const count = points.length + 1;
    bias = adapt(index - before, count, before === 0);
    point += Math.floor(index / count);
    index %= count;
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined;
    points.splice(index, 0, point);
    index += 1;
  }
  return String.fromCodePoint(...points);
}

/** `a` to `z` are 0 to 25, `0` to `9` are 26 to 35. */
function digitOf(code: number): number | undefined {
  if (code >= 0x61 && code <= 0x7a) return code - 0x61;
  return code >= 0x30 && code <= 0x39 ? code - 0x30 + 26 : undefined;
}

/** RFC 3492 §6.1. */
function adapt(delta: number, count: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? 700 : 2));
  rest += Math.floor(rest / count);
  let bias = 0;
  for (; rest > 455; bias += BASE) rest = Math.floor(rest / 35);
  return bias + Math.floor((36 * rest) / (rest + 38));
}
