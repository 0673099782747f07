/**
 * Fits the bands into the window. A browser makes its popup as large as the content wants, up to what the screen has
 * room for, and no style rule can ask how much that is: this measures it once the window has settled.
 */

/** The window is settled when nothing was resized for so long, in milliseconds. */
const SETTLED_MS = 120;
/** Below this height, in CSS pixels, the middle band alone has no room to scroll: then the whole page does. */
const ROOM = 400;

/** Watches the window and its content, and lowers or raises `--room`, the height that the bands may have. */
export function fitWindow(main: HTMLElement): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => fit(main), SETTLED_MS);
  };
  window.addEventListener("resize", later);
  new ResizeObserver(later).observe(main);
  new MutationObserver(() => {
    // What was measured for the content before says nothing about this one.
    document.documentElement.style.removeProperty("--room");
    main.classList.remove("flows");
    later();
  }).observe(main, { childList: true });
  later();
}

function fit(main: HTMLElement): void {
  const { innerHeight } = window;
  const { scrollHeight } = document.documentElement;
  const { style } = document.documentElement;
  const given = Number.parseInt(style.getPropertyValue("--room"), 10);
  const isTooLow = scrollHeight > innerHeight + 1;
  if (isTooLow || innerHeight > given) style.setProperty("--room", `${innerHeight}px`);
  main.classList.toggle("flows", innerHeight < ROOM && (isTooLow || main.classList.contains("flows")));
}
