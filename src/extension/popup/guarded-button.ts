/**
 * A button whose press has consequences. A click counts where it both began and ended while the button was live,
 * without a break between; what a script made counts for nothing.
 */
import { element } from "../page/dom.ts";

export interface GuardedButton {
  readonly element: HTMLButtonElement;
  readonly setLive: (isLive: boolean) => void;
}

/** A button that is dead at first. */
export function guardedButton(className: string, testid: string, act: () => void): GuardedButton {
  const made = element("button", { class: className, testid, attributes: { type: "button" } });
  let hasPress = false;
  made.disabled = true;
  made.addEventListener("pointerdown", (event) => {
    hasPress = event.isTrusted && !made.disabled;
  });
  made.addEventListener("click", (event) => {
    // A click of the keyboard or of an assistive technology has no press before it, and counts no presses.
    const isWhole = event.detail === 0 || hasPress;
    hasPress = false;
    if (event.isTrusted && isWhole && !made.disabled) act();
  });
  return {
    element: made,
    setLive: (isLive) => {
      if (!isLive) hasPress = false;
      // Firefox measures its popup anew at every change of the page, even to the same.
      if (made.disabled === isLive) made.disabled = !isLive;
    },
  };
}

/** Lets no key that is held down press a button again and again. */
export function ignoreHeldKeys(): void {
  document.addEventListener(
    "keydown",
    (event) => {
      const presses = event.key === "Enter" || event.key === " ";
      const isOnControl = event.target instanceof Element && event.target.closest("button, input") !== null;
      if (event.repeat && presses && isOnControl) event.preventDefault();
    },
    { capture: true },
  );
}
