/** The parts of the running bank, as its routes use them. */
import type { Enquirer } from "../../enquirer/index.ts";
import type { Confirmations } from "./confirmations.ts";
import type { StateFile } from "./state-file.ts";
import type { LoginLimit } from "./web/login-limit.ts";
import type { PasswordHash } from "./web/password.ts";
import type { Sessions } from "./web/sessions.ts";

export interface Bank {
  readonly file: StateFile;
  readonly enquirer: Enquirer;
  readonly confirmations: Confirmations;
  readonly sessions: Sessions;
  readonly loginLimit: LoginLimit;
  readonly password: PasswordHash;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Whether the confirmation service could not be reached a moment ago. */
  readonly isTroubled: () => boolean;
}
