/**
 * Functions that run in the popup's page, and so see nothing of this file. A window that is losing focus arms nothing:
 * a picture of the moment before may take as long as it takes.
 */

/** Tells the window that it has lost focus, twenty times a second, until {@link lookBack}. */
export function lookAway(page: Document): void {
  const view = page.defaultView;
  if (view === null) return;
  const blur = (): void => {
    view.dispatchEvent(new view.Event("blur"));
  };
  const timer = view.setInterval(blur, 50);
  page.addEventListener("demo-looks-back", () => view.clearInterval(timer), { once: true });
  blur();
}

export function lookBack(page: Document): void {
  const view = page.defaultView;
  if (view !== null) page.dispatchEvent(new view.Event("demo-looks-back"));
}
