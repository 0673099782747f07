/**
 * The functions that run in Firefox's own window, as text: there are `Services`, `ChromeUtils` and the toolbar, which
 * TypeScript does not know. The popup's own run in its process.
 */

const EXTENSION = "const extension = WebExtensionPolicy.getByID(id).extension;";
const PARENT =
  'const { ExtensionParent } = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");';
const ACTION = `${EXTENSION} ${PARENT} const action = ExtensionParent.apiManager.global.browserActionFor(extension);`;
/** Firefox loads a popup in a hidden panel first and then moves it: what is asked of the first is never answered. */
const POPUP = `const popup = document.querySelector("panelview browser[webextension-view-type=popup]");`;

export const OPEN_POPUP = `async (id) => { ${ACTION} await action.openPopup(window, true); }`;
export const CLOSE_POPUP = `() => { ${POPUP} popup?.closest("panel")?.hidePopup(); }`;
export const SHOWN_ADDRESS = `() => { ${POPUP}
  return popup?.closest("panel").state === "open" ? popup.currentURI?.spec : undefined;
}`;
export const IS_POPUP_GONE = `() => { ${POPUP} return popup ? "" : "yes"; }`;
export const BADGE = `(id) => { ${ACTION}
  const widget = action.widget.forWindow(window).node;
  return widget.querySelector(".toolbarbutton-badge, .unified-extensions-item-action-button")?.getAttribute("value")
    ?? widget.querySelector("[badge]")?.getAttribute("badge") ?? widget.getAttribute("badge") ?? "";
}`;
export const BACKGROUND_STATE = `(id) => { ${EXTENSION} return extension.backgroundState; }`;
export const TERMINATE = `async (id) => { ${EXTENSION} await extension.terminateBackground({ ignoreDevToolsAttached: true }); }`;

/** Runs in the popup's process, where `content` is its window; the answer comes back as a message. */
export const IN_POPUP = `(source, args, name) => new Promise((resolve, reject) => { ${POPUP}
  if (!popup) throw new Error("no popup");
  const manager = popup.messageManager;
  const watch = setInterval(() => {
    if (popup.isConnected && popup.messageManager === manager) return;
    clearInterval(watch);
    reject(new Error("the popup closed"));
  }, 100);
  manager.addMessageListener(name, function listener({ data }) {
    clearInterval(watch);
    manager.removeMessageListener(name, listener);
    if (data.error === undefined) resolve(data.json === "" ? undefined : JSON.parse(data.json));
    else reject(new Error(data.error));
  });
  const script = \`(async () => {
    try {
      const { document, window } = { document: content.document, window: content };
      const result = await (\${source})(document, ...\${JSON.stringify(args)});
      sendAsyncMessage(\${JSON.stringify(name)}, { json: JSON.stringify(result) ?? "" });
    } catch (error) {
      sendAsyncMessage(\${JSON.stringify(name)}, { error: String(error) });
    }
  })()\`;
  manager.loadFrameScript("data:application/javascript;charset=utf-8," + encodeURIComponent(script), false);
})`;

/** Input of the window itself: the page cannot tell it from a user's, nor does it take any other. */
export const CLICK = `(document, css) => {
  const element = document.querySelector(css);
  if (!element) throw new Error("no " + css);
  element.scrollIntoView({ block: "center" });
  const { left, top, width, height } = element.getBoundingClientRect();
  const view = document.defaultView;
  for (const type of ["mousemove", "mousedown", "mouseup"]) {
    const [x, y, buttons] = [left + width / 2, top + height / 2, type === "mousedown" ? 1 : 0];
    // Older versions have the other one.
    if (view.synthesizeMouseEvent) view.synthesizeMouseEvent(type, x, y, { button: 0, buttons, clickCount: 1 }, {});
    else view.windowUtils.sendMouseEvent(type, x, y, 0, 1, 0);
  }
}`;

/** Keys of the window itself, by their names in the DOM; one character is the key that writes it. */
export const PRESS = `(document, ...keys) => {
  const view = document.defaultView;
  const input = Cc["@mozilla.org/text-input-processor;1"].createInstance(Ci.nsITextInputProcessor);
  if (!input.beginInputTransactionForTests(view)) throw new Error("the popup takes no keys");
  for (const key of keys) {
    const code = key === " " ? "Space" : key.length === 1 ? "" : key;
    const event = new view.KeyboardEvent("", { key: key === "Space" ? " " : key, code });
    input.keydown(event);
    input.keyup(event);
  }
}`;

/**
 * Where the system draws no notifications, Firefox can: in windows of its own, which take the focus of the one that has the
 * popup and do not give it back. So it draws none until it is told to.
 */
export const IDLE_AFTER = `(ms) => Services.prefs.setIntPref("extensions.background.idle.timeout", ms)`;
export const DRAW_NOTIFICATIONS = '(draws) => { Services.prefs.setBoolPref("alerts.useSystemBackend", !draws); }';

/** What pages are told of the user's colours: 0 is dark, 1 is light. */
export const SET_THEME = `(theme) => { ${POPUP}
  Services.prefs.setIntPref("layout.css.prefers-color-scheme.content-override", theme === "dark" ? 0 : 1);
  // A popup has the colours of the window that it hangs in.
  if (popup) popup.browsingContext.prefersColorSchemeOverride = theme;
}`;

/** Firefox asks only the languages that it has packs of; an extension brings its own words. */
export const SET_LANGUAGE = `(language) => {
  Services.locale.availableLocales = [...new Set([language, "en-US"])];
  Services.locale.requestedLocales = [language];
}`;

export const CLICK_NOTIFICATION = `() => {
  const alert = Services.wm.getMostRecentWindow("alert:alert");
  if (!alert) throw new Error("no notification");
  alert.onAlertClick();
}`;

export const SMALL_WINDOWS = `(url) => {
  const windows = [...Services.wm.getEnumerator("navigator:browser")];
  return JSON.stringify(windows.filter((one) => one !== window && one.gBrowser?.currentURI.spec === url).length);
}`;

export const SNAPSHOT = `async () => { ${POPUP}
  const bitmap = await popup.browsingContext.currentWindowGlobal.drawSnapshot(null, 1, "white");
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
  return bytes.toBase64();
}`;
