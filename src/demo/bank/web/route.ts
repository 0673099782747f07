/** What a route is and what it gets; the table of all routes is in `routes/index.ts`. */
import type { Bank } from "../bank.ts";
import type { Reply } from "./reply.ts";
import type { Session } from "./sessions.ts";

export interface BankRequest {
  readonly bank: Bank;
  readonly session: Session;
  /** What the path has in the place of `:id`. */
  readonly id: string;
  readonly query: URLSearchParams;
  /** Empty for a GET. */
  readonly form: URLSearchParams;
  /** Where the connection came from. */
  readonly address: string;
}

export interface Route {
  readonly method: "GET" | "POST";
  /** Literal but for one `:id`. */
  readonly path: string;
  /** A route for customers sends everybody else to the login page. */
  readonly access: "anyone" | "customer";
  readonly handle: (request: BankRequest) => Reply | Promise<Reply>;
}

const ID = "[A-Za-z0-9_-]{1,64}";

/** What stands in the place of `:id` where a path fits the route, an empty text where the route has none. */
export function matchPath(route: Route, path: string): string | undefined {
  const match = new RegExp(`^${route.path.replaceAll(".", "\\.").replace(":id", `(${ID})`)}$`).exec(path);
  return match === null ? undefined : (match[1] ?? "");
}
