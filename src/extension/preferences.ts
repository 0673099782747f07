/** What the user can prefer, and how our pages look. */

/** The choices; the first is what holds until one is made. */
export const PREFERENCES = {
  theme: ["system", "light", "dark"],
  /** What brings a notification: each request; what pinned senders and the own broker ask; nothing. */
  notifications: ["on", "pinned", "off"],
} as const;

export type Preferences = { readonly [P in keyof typeof PREFERENCES]: (typeof PREFERENCES)[P][number] };
export type Theme = Preferences["theme"];

/** What both pages show so that a drawn imitation is noticed. */
export interface OurOwn {
  /** Of this installation: 32 hexadecimal digits, told to nobody else. */
  readonly mark: string;
  readonly theme: Theme;
}
