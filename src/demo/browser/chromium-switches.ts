/**
 * What Chromium leaves off here. None of it is seen by a page, an extension or its popup; together it is more than a third
 * of the processor's time of a launch and of a popup.
 */

/** Pages and processes that the browser makes ready for a user who might need them. */
const READY_FOR_A_USER = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess"];

/** What Playwright leaves off, for its clicks and for a start without the network: of two such options the last one counts. */
const PLAYWRIGHTS_OWN = [
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch",
];

/** The browser's option. */
export const WITHOUT_FEATURES = `--disable-features=${[...READY_FOR_A_USER, ...PLAYWRIGHTS_OWN].join(",")}`;
