/** Writes tables in the encoding that `src/srml/tables.ts` reads. */
import { writeFileSync } from "node:fs";
import { setOf } from "./unicode-data.mjs";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Stops a generator whose data are not what it was written for. */
export const suppose = (condition, what) => {
  if (!condition) throw new Error(`The data are not as this generator supposes: ${what}.`);
};

/** Base 32, least significant digit first, in the base64url alphabet: bit 5 of a digit says that more follow. */
export const encodeNumbers = (numbers) => {
  let text = "";
  for (let rest of numbers) {
    do {
      text += DIGITS[(rest % 32) + (rest >= 32 ? 32 : 0)];
      rest = Math.floor(rest / 32);
    } while (rest > 0);
  }
  return text;
};

const differences = (sorted) => sorted.map((value, index) => value - (sorted[index - 1] ?? 0));

/** The points at which membership changes, as differences; an `ignored` code point falls on whichever side is shorter. */
export const encodeSet = (set, ignored = setOf()) => {
  const edges = [];
  let lastCertain = -1;
  for (let point = 0; point < set.length; point += 1) {
    if (ignored[point] === 1) continue;
    const inside = edges.length % 2 === 1;
    if ((set[point] === 1) !== inside) edges.push(inside ? lastCertain + 1 : point);
    lastCertain = point;
  }
  return encodeNumbers(differences(edges));
};

/** A whole file: its comment, then a constant for each of `[what it is, NAME, value]`; `--print` prints it instead. */
export const writeTables = (target, comment, tables) => {
  const lines = ["/**", ...comment.map((line) => ` * ${line}`), " */"];
  for (const [what, name, value] of tables) {
    lines.push("", `/** ${what} */`);
    if (typeof value === "string") lines.push(`export const ${name} = ${JSON.stringify(value)};`);
    else lines.push(`export const ${name}: readonly string[] = ${JSON.stringify(value)};`);
  }
  const text = `${lines.join("\n")}\n`;
  if (process.argv.includes("--print")) process.stdout.write(text);
  else writeFileSync(target, text);
};
