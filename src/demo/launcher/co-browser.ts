/** What the demo does with a browser that has the extension in it, whichever browser it is. Selectors are CSS. */

export interface Tab {
  readonly goto: (url: string) => Promise<void>;
  /** Waits for an element whose text contains `expected`; its whole text, white space collapsed. */
  readonly text: (selector: string, expected?: string) => Promise<string>;
  /** Clicks an element as a user does. */
  readonly click: (selector: string) => Promise<void>;
  /** Types a text into a field, key by key. */
  readonly type: (selector: string, text: string) => Promise<void>;
  /** Chooses an option of a list by its label. */
  readonly choose: (selector: string, label: string) => Promise<void>;
  /** Saves what a link downloads. */
  readonly download: (selector: string, file: string) => Promise<void>;
  readonly screenshot: (file: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The real popup of the toolbar. */
export interface Popup {
  /** The texts of all elements, white space collapsed. */
  readonly texts: (selector: string) => Promise<readonly string[]>;
  /** Whether there is such a button, and it can be pressed. */
  readonly isLive: (selector: string) => Promise<boolean>;
  /** Clicks an element with real input, as the extension takes no other. */
  readonly click: (selector: string) => Promise<void>;
  readonly screenshot: (file: string) => Promise<void>;
  /** Takes the window's attention away until the returned function is called: nothing is armed meanwhile. */
  readonly lookAway: () => Promise<() => Promise<void>>;
  readonly close: () => Promise<void>;
}

export interface CoBrowser {
  readonly name: string;
  /** Opens an address in a tab of its own. */
  readonly openTab: (url: string) => Promise<Tab>;
  readonly openOptions: () => Promise<Tab>;
  /** Opens the popup, or finds the one that is open. */
  readonly openPopup: () => Promise<Popup>;
  /** The text on the toolbar button. */
  readonly badge: () => Promise<string>;
  /** Takes a picture of the badge; resolves with how it was taken. */
  readonly pictureBadge: (file: string) => Promise<string>;
  /** Where a program can take over, for whoever wants to look inside; undefined where there is no such place. */
  readonly remote: () => Promise<string | undefined>;
  /** Resolves when the browser has ended. */
  readonly closed: Promise<void>;
  /** Ends the browser, by force where it does not end by itself. */
  readonly close: () => Promise<void>;
}

export const OPTIONS_PAGE = "src/extension/options/index.html";

/** An element by its `data-testid`. */
export function testid(name: string): string {
  return `[data-testid="${name}"]`;
}

export function collapsed(text: string | null | undefined): string {
  return (text ?? "").replaceAll(/\s+/g, " ").trim();
}
