/** The line to the caller: an AbortSignal would say the same, and cost more than all the rest of a short call. */
export interface Line {
  /** Calls `listener` once when the caller goes away; the function returned forgets it. */
  readonly onGone: (listener: () => void) => () => void;
}
