/**
 * Every message between the pages and the background, and what the pages are told. The background answers a name only to
 * the page that it begins with, known by the sender's id and exact URL.
 */
import type { OptionsMessages } from "./options-messages.ts";
import type { PopupMessages } from "./popup-messages.ts";

export type * from "./account-views.ts";
export type * from "./options-messages.ts";
export type * from "./popup-messages.ts";
export type * from "./preferences.ts";
export type * from "./sender-views.ts";

export type Messages = PopupMessages & OptionsMessages;
export type MessageName = keyof Messages;
export type RequestOf<N extends MessageName> = Messages[N]["request"];
export type ResponseOf<N extends MessageName> = Messages[N]["response"];
