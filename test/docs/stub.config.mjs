/**
 * Vitest with one exported function taken away: STUB_FILE and STUB_NAME say which. Whoever uses it gets an error, and a line
 * is written to the file STUB_USED, because a broker answers 500 and says nothing.
 */
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

const { STUB_FILE = "", STUB_NAME: name = "", STUB_USED = "" } = process.env;
const file = resolve(STUB_FILE);
const ORIGINAL = "?as-it-is";

/** A shape is read by a method, so whatever is looked up in the stub is a stub again. */
const STUB = `
import { appendFileSync } from "node:fs";
const use = () => appendFileSync(${JSON.stringify(STUB_USED)}, "used\\n");
function gone() {
  use();
  throw new Error(${JSON.stringify(`${name} was taken away.`)});
}
const get = (target, member) => {
  if (member === "read" || member === "schema") use();
  return member === "prototype" ? target.prototype : stub;
};
const stub = new Proxy(gone, { get });
export { stub as ${name} };
`;

const takeAway = {
  name: "take-away",
  enforce: "pre",
  load(id) {
    if (id !== file) return null;
    return `export * from ${JSON.stringify(file + ORIGINAL)};\n${STUB}`;
  },
};

export default defineConfig({
  plugins: [takeAway],
  test: { pool: "forks", include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000, bail: 1 },
});
