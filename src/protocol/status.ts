/** The code of a transaction (§4 of the design, from the drafts' examples). */

/** Every `Status` that this broker answers, with the sentence that goes with it when there is none better. */
export const STATUS = {
  201: "Operation completed successfully",
  202: "Updated",
  303: "The service has moved for good",
  307: "The service has moved for now",
  400: "The message is malformed",
  401: "The call is not authenticated",
  403: "Refused by policy",
  404: "Not found",
  409: "Exists already, or was answered already",
  410: "Expired or cancelled",
  413: "Too large",
  429: "Too many; try again later",
  500: "The broker failed",
  503: "The broker is not available",
} as const;

export type Status = keyof typeof STATUS;
