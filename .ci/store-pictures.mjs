/**
 * The stores' pictures and the README's, from those of the states: the popup and the settings as they are, on a plain ground
 * under one line. They are taken with two dots a pixel.
 */
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { findChromium } from "../src/demo/prepare/browsers.mjs";

const ROOT = resolve(import.meta.dirname, "..");
const STORE = join(ROOT, "docs/store/images");
const README = join(ROOT, "docs/images");
const DOTS = 2;
const SIZE = { width: 1280, height: 800 };
/** So much of the page is left around a part of it. */
const EDGE = 20;
const TILE = { width: 440, height: 280 };

/** The states that are shown, in the stores' order, each with its line. */
const PICTURES = [
  { state: "pinned", name: "1-payment", line: "See who asks and what, then sign your answer" },
  { state: "unverified", name: "2-unverified", line: "Nobody is taken at their word" },
  { state: "alarm", name: "3-changed-key", line: "You are warned when a pinned sender's key changes" },
  { state: "settings-devices", name: "4-devices", line: "You see which devices may answer for you" },
  { state: "settings-history", name: "5-history", line: "What you were asked, what you said, and a receipt" },
];

/** How to look at the states that are needed, for the tests' own name filter: what they leave to each other included. */
export const NEEDED = "in Chromium, in en, the (popup's state (empty|unverified|pinned|alarm)|page's state) ";
export const STORE_ENV = { LANGUAGES: "en", DOTS: String(DOTS) };

const STYLE = `
  body { margin: 0; background: #dce6e1; color: #141c27; font-family: "Noto Sans", system-ui, sans-serif; overflow: hidden; }
  h1 { margin: 0; font-size: 36px; font-weight: 600; line-height: 108px; text-align: center; }
  .shot { margin: 0 auto; border-radius: 12px; overflow: hidden; box-shadow: 0 6px 30px rgb(20 28 39 / 22%); }
  img { display: block; }
  .tile { display: flex; height: 280px; flex-direction: column; align-items: center; justify-content: center; gap: 14px; }
  .tile h1 { font-size: 30px; line-height: 1; }
  .tile p { width: 340px; margin: 0; font-size: 19px; line-height: 1.4; text-align: center; }`;

/** Makes them. @param folder - where the pictures of the states are */
export async function storePictures(folder) {
  mkdirSync(STORE, { recursive: true });
  for (const [theme, name] of [
    ["light", "popup.png"],
    ["dark", "popup-dark.png"],
  ])
    copyFileSync(join(folder, `Chromium-en-${theme}/pinned.png`), join(README, name));
  const browser = await chromium.launch({ executablePath: findChromium(), chromiumSandbox: process.getuid?.() !== 0 });
  try {
    const page = await browser.newPage();
    const draw = async (size, body, name) => {
      await page.setViewportSize(size);
      await page.setContent(`<!doctype html><style>${STYLE}</style>${body}`);
      await page.screenshot({ path: join(STORE, `${name}.png`) });
    };
    for (const { state, name, line } of PICTURES)
      await draw(SIZE, `<h1>${line}</h1>${shot(join(folder, "Chromium-en-light"), state)}`, name);
    const mark = dataUrl(join(ROOT, "public/icons/mark.svg"), "image/svg+xml");
    const sentence = "Your signed yes or no, where no web page can reach.";
    await draw(
      TILE,
      `<div class="tile"><img src="${mark}" width="88"><h1>Mesh/Confirm</h1><p>${sentence}</p></div>`,
      "tile",
    );
  } finally {
    await browser.close();
  }
}

/** A state's picture, or the part of it that is noted beside it, as large as there is room for; what is longer is cut below. */
function shot(folder, state) {
  const file = join(folder, `${state}.png`);
  const bytes = readFileSync(file);
  // A PNG has its size at the same place always.
  const whole = { x: 0, y: 0, width: bytes.readUInt32BE(16) / DOTS, height: bytes.readUInt32BE(20) / DOTS };
  const { x, y, width, height } = partOf(file) ?? whole;
  const room = SIZE.height - 108 - 32;
  const scale = width > 600 ? 1.15 : Math.min(1.35, room / height);
  const above = Math.max(0, (room - height * scale) / 2);
  const style = `width: ${width * scale}px; height: ${Math.min(height * scale, SIZE.height)}px; margin-top: ${above}px`;
  const place = `margin: ${-y * scale}px 0 0 ${-x * scale}px; width: ${whole.width * scale}px`;
  return `<div class="shot" style="${style}"><img src="${dataUrl(file, "image/png")}" style="${place}"></div>`;
}

function partOf(file) {
  try {
    const { x, y, width, height } = JSON.parse(readFileSync(file.replace(/png$/, "json"), "utf8"));
    return { x: x - EDGE, y: y - EDGE, width: width + 2 * EDGE, height: height + 2 * EDGE };
  } catch {
    return undefined;
  }
}

function dataUrl(file, type) {
  return `data:${type};base64,${readFileSync(file).toString("base64")}`;
}
