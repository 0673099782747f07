/** Our own signs, drawn: each differs by its shape, so that none depends on colour. */
import { svg } from "./dom.ts";

/** Paths on a field of 24 by 24; a line is drawn, `fill` is filled. */
const SHAPES = {
  /** A shield with a check. */
  pinned: { fill: "M12 2 4 5v6c0 5 3.4 9.2 8 11 4.6-1.8 8-6 8-11V5Z", knockout: "m8 12 3 3 5-6" },
  /** A globe: the domain's own word. */
  domain: { line: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20ZM2 12h20M12 2c-6 6-6 14 0 20M12 2c6 6 6 14 0 20" },
  /** A house with a door: the broker's own. */
  local: { line: "M4 11 12 4l8 7v9H4ZM10 20v-6h4v6" },
  /** A diamond with a question. */
  unverified: { line: "M12 2 22 12 12 22 2 12ZM9.8 10a2.3 2.3 0 1 1 3.4 2c-.8.5-1.2.9-1.2 1.7M12 16.5v.2" },
  /** A stop sign. */
  changed: { fill: "M8 2h8l6 6v8l-6 6H8l-6-6V8Z", knockout: "M12 7v6M12 16.5v.3" },
  /** A padlock. */
  encrypted: { fill: "M5 10h14v12H5Z", line: "M8 10V7a4 4 0 0 1 8 0v3", knockout: "M12 14v4" },
  accepted: { fill: "M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22Z", knockout: "m7 12.5 3.5 3.5 6.5-7.5" },
  rejected: { line: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20ZM8.5 8.5l7 7M15.5 8.5l-7 7" },
  over: { line: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20ZM12 6.5V12l4 2.5" },
  problem: { line: "M12 3 22.5 21h-21ZM12 10v5M12 18v.2" },
  waiting: { line: "M5 12h.2M12 12h.2M19 12h.2" },
  online: { fill: "M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z" },
  offline: { line: "M12 6a6 6 0 1 0 0 12 6 6 0 0 0 0-12Z" },
} as const satisfies Record<string, { readonly fill?: string; readonly line?: string; readonly knockout?: string }>;

export type IconName = keyof typeof SHAPES;

/** A sign, hidden from screen readers: the words beside it say the same. */
export function icon(name: IconName): SVGSVGElement {
  const paths = Object.entries(SHAPES[name]).map(([kind, d]) => svg("path", { class: kind, d }));
  return svg("svg", { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true" }, ...paths);
}
