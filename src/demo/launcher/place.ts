/** Where the built parts are, seen from the built launcher in `dist/node/demo/launcher`, and where results go. */
import { join, relative, resolve } from "node:path";

const DIST = resolve(import.meta.dirname, "../../..");

export const PLACE = {
  confirm: join(DIST, "node/cli/confirm.js"),
  bank: join(DIST, "node/demo/bank/main.js"),
  chrome: join(DIST, "chrome"),
  firefox: join(DIST, "firefox"),
  /** What a run leaves behind for a person to look at; written anew by each. */
  results: join(DIST, "demo"),
} as const;

/** The pictures of a run, in their order. */
export const PICTURES = [
  "bank-waiting",
  "badge",
  "popup-before-arming",
  "popup-armed",
  "popup-result",
  "bank-paid",
] as const;

/** The file of a picture. */
export function picture(name: (typeof PICTURES)[number]): string {
  return join(PLACE.results, `${PICTURES.indexOf(name) + 1}-${name}.png`);
}

/** The file that a service writes to. */
export function logOf(service: "broker" | "bank"): string {
  return join(PLACE.results, `${service}.log`);
}

/** A path as it is short to read from where the demo was started. */
export function shown(path: string): string {
  const from = relative(process.cwd(), path);
  return from.startsWith("..") ? path : from;
}
