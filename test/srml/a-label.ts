/** Encodes any text as an A-label (RFC 3492 §6.3), proper or not: Node's own encoder refuses what no registry takes. */

const DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789";

export function aLabel(text: string): string {
  const points = Array.from(text, (sign) => sign.codePointAt(0) ?? 0);
  const basic = points.filter((point) => point < 0x80);
  let encoded = String.fromCodePoint(...basic) + (basic.length > 0 ? "-" : "");
  let [bias, delta, done, from] = [72, 0, basic.length, 0x80];
  while (done < points.length) {
    const next = Math.min(...points.filter((point) => point >= from));
    delta += (next - from) * (done + 1);
    from = next;
    for (const point of points) {
      if (point < from) delta += 1;
      if (point !== from) continue;
      let rest = delta;
      for (let position = 36; ; position += 36) {
        const threshold = Math.min(Math.max(position - bias, 1), 26);
        if (rest < threshold) break;
        encoded += DIGITS.charAt(threshold + ((rest - threshold) % (36 - threshold)));
        rest = Math.floor((rest - threshold) / (36 - threshold));
      }
      encoded += DIGITS.charAt(rest);
      delta = Math.floor(delta / (done === basic.length ? 700 : 2));
      done += 1;
      delta += Math.floor(delta / done);
      for (bias = 0; delta > 455; bias += 36) delta = Math.floor(delta / 35);
      bias += Math.floor((36 * delta) / (delta + 38));
      delta = 0;
    }
    delta += 1;
    from += 1;
  }
  return `xn--${encoded}`;
}
