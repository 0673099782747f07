/**
 * The mark of this installation, drawn: four shapes, each with a colour, and three words. Marks differ by shape and by
 * word as well as by colour, so that nobody has to tell colours apart.
 */
import { i18n } from "../browser.ts";
import { element, svg } from "./dom.ts";
import { MARK_WORDS } from "./mark-words.ts";

/** Each on a field of 24 by 24. */
const SHAPES = [
  "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z",
  "M4 4h16v16H4Z",
  "M12 3 22 20H2Z",
  "M12 1 21 12 12 23 3 12Z",
  "M12 1l3 7.6 8 .5-6.2 5.2 2 7.9L12 17.8 5.2 22.2l2-7.9L1 9.1l8-.5Z",
  "M9 2h6v7h7v6h-7v7H9v-7H2V9h7Z",
  "M16 2a10 10 0 1 0 0 20 12 12 0 0 1 0-20Z",
  "M3 4h18l-7 8 7 8H3l7-8Z",
] as const;

/** Seen on a light ground and on a dark one. */
const COLOURS = ["#2f7fe0", "#c9660a", "#2a8f53", "#9a5cd6", "#d9434e", "#14899a", "#cf4f97", "#76818d"] as const;

const WORDS = 3;
const DRAWN = 4;

/** The words of a mark. @param mark - 32 hexadecimal digits */
export function markWords(mark: string): readonly string[] {
  return bytesOf(mark)
    .slice(0, WORDS)
    .map((byte) => MARK_WORDS[byte % MARK_WORDS.length] ?? "");
}

/** The picture, with its words beside it. @param mark - 32 hexadecimal digits */
export function installationMark(mark: string): HTMLElement {
  const picture = svg("svg", { viewBox: `0 0 ${DRAWN * 28 - 4} 24`, "aria-hidden": "true" });
  for (const [index, byte] of bytesOf(mark)
    .slice(WORDS, WORDS + DRAWN)
    .entries()) {
    const [d, fill] = [SHAPES[byte % SHAPES.length] ?? "", COLOURS[(byte >> 3) % COLOURS.length] ?? ""];
    picture.append(svg("path", { d, fill, transform: `translate(${index * 28} 0)` }));
  }
  return element(
    "div",
    { class: "installation", testid: "mark", attributes: { role: "note", "aria-label": i18n("markLabel") } },
    picture,
    element("span", { testid: "mark-words" }, markWords(mark).join(" · ")),
  );
}

function bytesOf(mark: string): readonly number[] {
  return (mark.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16));
}
