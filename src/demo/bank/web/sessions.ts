/**
 * Sessions, in memory: a restart logs everybody out. The cookie holds 256 random bits and nothing else, no script and
 * no other site gets it; a login changes it.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";

export interface Session {
  readonly id: string;
  /** What every form of the session carries. */
  readonly csrf: string;
  readonly isCustomer: boolean;
  /** An account whose devices the customer is comparing. */
  readonly candidate: Candidate | null;
}

export interface Candidate {
  readonly account: string;
  readonly kids: readonly string[];
}

const COOKIE = "ethel_session";
const IDLE_MS = 30 * 60_000;
const MOST = 1000;

export class Sessions {
  readonly #clock: () => number;
  /** In the order of their last use. */
  readonly #sessions = new Map<string, { readonly session: Session; readonly used: number }>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** The session that a Cookie header names, if it is alive. */
  find(cookies: string | undefined): Session | undefined {
    const id = new RegExp(`(?:^|;\\s*)${COOKIE}=([A-Za-z0-9_-]{43})(?:;|$)`).exec(cookies ?? "")?.[1];
    const found = id === undefined ? undefined : this.#sessions.get(id);
    if (found === undefined || this.#clock() - found.used > IDLE_MS) return undefined;
    this.#keep(found.session);
    return found.session;
  }

  /** A new session; one that is replaced ends. */
  open(isCustomer: boolean, replaced?: Session): Session {
    if (replaced !== undefined) this.end(replaced);
    const session: Session = { id: random(), csrf: random(), isCustomer, candidate: null };
    this.#keep(session);
    return session;
  }

  /** Keeps or forgets what the customer is comparing. */
  setCandidate(session: Session, candidate: Candidate | null): void {
    this.#keep({ ...session, candidate });
  }

  end(session: Session): void {
    this.#sessions.delete(session.id);
  }

  #keep(session: Session): void {
    this.#sessions.delete(session.id);
    this.#sessions.set(session.id, { session, used: this.#clock() });
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MOST && oldest !== undefined) this.#sessions.delete(oldest);
  }
}

/** The Set-Cookie header. Without Secure, because the demo speaks plain HTTP on loopback. */
export function cookieOf(session: Session): Readonly<Record<string, string>> {
  return { "set-cookie": `${COOKIE}=${session.id}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${IDLE_MS / 1000}` };
}

/** Whether a form carries the session's token. */
export function hasToken(session: Session, token: string | null): boolean {
  const given = Buffer.from(token ?? "");
  const expected = Buffer.from(session.csrf);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function random(): string {
  return randomBytes(32).toString("base64url");
}
