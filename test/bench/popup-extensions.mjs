/**
 * The two extensions whose popups are compared, each in a folder of its own: a copy of dist/chrome, and a throw-away one
 * with the same text in a static page. Both popups get `popup-marks.js` and are otherwise as they are.
 */
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const BUILT = resolve(import.meta.dirname, "../../dist/chrome");
const MARKS = "popup-marks.js";
const SCRIPT = `<script src="/${MARKS}"></script>`;

/** A copy of the built extension, with the marks in its popup. */
export function markedExtension(folder) {
  cpSync(BUILT, folder, { recursive: true });
  const { action } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  const popup = join(folder, action.default_popup);
  const html = readFileSync(popup, "utf8");
  const marked = html.replace("<head>", `<head>${SCRIPT}`);
  if (marked === html) throw new Error("The popup's page has no head to put the marks into.");
  writeFileSync(popup, marked);
  copyFileSync(join(import.meta.dirname, MARKS), join(folder, MARKS));
  return folder;
}

const MANIFEST = {
  manifest_version: 3,
  name: "Bare popup",
  version: "1",
  action: { default_popup: "popup.html" },
  background: { service_worker: "worker.js" },
};

const PAGE = `<!doctype html>
<html>
  <head>${SCRIPT}
    <meta charset="utf-8" />
    <title>Bare popup</title>
    <style>body { width: 380px; font: 14px sans-serif }</style>
  </head>
  <body>
    <h1 data-testid="heading">Pay 1,200.00 EUR to Bob Baker</h1>
    <p>To the account DE02 1203 0000 0000 2020 51 at Ethel's Bank</p>
    <p>From your account DE75 5121 0800 1245 1261 99, on the next working day</p>
    <button>Reject</button> <button data-testid="accept">Accept</button>
  </body>
</html>
`;

/** The bare extension. */
export function bareExtension(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(MANIFEST));
  writeFileSync(join(folder, "popup.html"), PAGE);
  writeFileSync(join(folder, "worker.js"), "");
  copyFileSync(join(import.meta.dirname, MARKS), join(folder, MARKS));
  return folder;
}
