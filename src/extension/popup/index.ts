/**
 * The popup's start. It listens to the window, and none of what it hears there is an answer: focus, blur, size and
 * visibility arm and disarm, and nothing else.
 */
import { i18n, onChanged, sendToBackground } from "../browser.ts";
import { setLanguage } from "../language.ts";
import { setText } from "../page/dom.ts";
import { installationMark } from "../page/installation-mark.ts";
import { STORAGE_PROBLEMS } from "../page/storage-words.ts";
import { showTheme } from "../page/show-theme.ts";
import { createPopup } from "./controller.ts";
import { fitWindow } from "./fit.ts";
import { ignoreHeldKeys } from "./guarded-button.ts";

const LOOK_MS = 2000;

const top = document.querySelector<HTMLElement>(".top");
const trouble = document.querySelector<HTMLElement>(".storage");
const root = document.querySelector("main");
const status = document.querySelector<HTMLElement>("[role=status]");
if (top !== null && trouble !== null && root !== null && status !== null) start(top, trouble, root, status);

function start(strip: HTMLElement, storage: HTMLElement, main: HTMLElement, live: HTMLElement): void {
  setLanguage(document);
  document.title = i18n("extensionName");
  ignoreHeldKeys();
  fitWindow(main);
  const popup = createPopup(main, live, {
    onStorage: (problem) => {
      storage.hidden = problem === undefined;
      setText(storage, problem === undefined ? "" : i18n(STORAGE_PROBLEMS[problem]));
    },
  });
  const attention = (): void => {
    popup.note({ kind: "attention", attentive: document.visibilityState === "visible" && document.hasFocus() });
  };
  window.addEventListener("focus", attention);
  window.addEventListener("blur", () => popup.note({ kind: "attention", attentive: false }));
  document.addEventListener("visibilitychange", attention);
  onResized(() => popup.note({ kind: "moved" }));
  onChanged(() => void popup.look());
  const look = (): void => {
    if (strip.childElementCount === 0) void showMark(strip);
    void popup.look();
  };
  setInterval(look, LOOK_MS);
  look();
}

/** Takes the look that the user chose, and puts the mark of this installation above whatever else is shown, to stay. */
async function showMark(strip: HTMLElement): Promise<void> {
  try {
    const { mark, theme } = await sendToBackground("popup.mark", {});
    showTheme(theme);
    strip.replaceChildren(installationMark(mark));
  } catch {
    // Asked again with the next look, which says that the background is silent.
  }
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
