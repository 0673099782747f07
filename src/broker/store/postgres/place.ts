/** Where a PostgreSQL is, as its address says, and what an operator is told of it: never the password. */
import pg from "pg";
import { isLoopbackHost } from "../../../protocol/index.ts";
import { StoreError } from "../errors.ts";

export interface Place {
  readonly config: pg.ClientConfig;
  /** Host, port and database, for sentences. */
  readonly name: string;
}

/** How long a connection may take to be there, and a statement to be answered, in milliseconds. */
const CONNECT_MS = 5000;
const ANSWER_MS = 15_000;

const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid, format): unknown =>
    oid === pg.types.builtins.INT8 && format !== "binary" ? exactly : pg.types.getTypeParser(oid, format),
};

/** A BIGINT as a number, if it is one exactly. @throws StoreError `failed` */
function exactly(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new StoreError("failed", "A number in the store is too large.");
  return value;
}

/**
 * Reads an address, such as `postgres://confirm@localhost/confirm`.
 *
 * @throws StoreError `unsupported` where it is none, or would send the service's key over a network in the clear
 */
export function placeAt(url: string): Place {
  const config: pg.ClientConfig = {
    connectionString: url,
    application_name: "mesh-confirm",
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    // Statements that wait for no answer go out together.
    pipeline: true,
    types: TYPES,
  };
  const { host, port, database = "" } = readAddress(config);
  const isHere = isLoopbackHost(host) || host === "::1" || host.startsWith("/");
  if (!isHere && new URL(url).searchParams.get("sslmode") !== "verify-full") {
    throw new StoreError(
      "unsupported",
      `PostgreSQL at ${host} is on another machine: its address has to end in ?sslmode=verify-full, so that TLS protects what goes there.`,
    );
  }
  return { config, name: `${database} at ${host.startsWith("/") ? host : `${host}:${port}`}` };
}

function readAddress(config: pg.ClientConfig): pg.Client {
  try {
    return new pg.Client(config);
  } catch (error) {
    throw new StoreError("unsupported", "This is not an address of a PostgreSQL database.", error);
  }
}
