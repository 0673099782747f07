/** What the steps of the demo share. */
import type { CoBrowser } from "./co-browser.ts";
import type { Enrolled } from "./enrol.ts";
import type { Transcript } from "./transcript.ts";

export interface Demo {
  readonly browser: CoBrowser;
  readonly transcript: Transcript;
  /** The bank's address. */
  readonly bank: string;
  readonly account: string;
  readonly enrolled: Enrolled;
}
