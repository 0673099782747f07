/**
 * The popup's start. It listens to the window, and none of what it hears there is an answer: focus, blur, size and
 * visibility arm and disarm, and nothing else.
 */
import { i18n, onChanged, uiLanguage } from "../browser.ts";
import { createPopup } from "./controller.ts";
import { fitWindow } from "./fit.ts";
import { ignoreHeldKeys } from "./guarded-button.ts";

const LOOK_MS = 2000;

const root = document.querySelector("main");
const status = document.querySelector<HTMLElement>("[role=status]");
if (root !== null && status !== null) start(root, status);

function start(main: HTMLElement, live: HTMLElement): void {
  document.documentElement.lang = uiLanguage();
  document.documentElement.dir = i18n("@@bidi_dir");
  document.title = i18n("extensionName");
  ignoreHeldKeys();
  fitWindow(main);
  const popup = createPopup(main, live);
  const attention = (): void => {
    popup.note({ kind: "attention", attentive: document.visibilityState === "visible" && document.hasFocus() });
  };
  window.addEventListener("focus", attention);
  window.addEventListener("blur", () => popup.note({ kind: "attention", attentive: false }));
  document.addEventListener("visibilitychange", attention);
  onResized(() => popup.note({ kind: "moved" }));
  onChanged(() => void popup.look());
  setInterval(() => void popup.look(), LOOK_MS);
  void popup.look();
}

/** Hears of a window of another size; Firefox says so of its popup when it has only been measured, too. */
function onResized(listener: () => void): void {
  let size = `${innerWidth} ${innerHeight}`;
  window.addEventListener("resize", () => {
    const before = size;
    size = `${innerWidth} ${innerHeight}`;
    if (size !== before) listener();
  });
}
