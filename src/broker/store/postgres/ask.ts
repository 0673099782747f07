/** How the parts of this engine speak to the server, over a connection that is theirs meanwhile. */
import type pg from "pg";

/** @throws StoreError `busy`, `unavailable`, `failed` */
export type Ask = (query: string | pg.QueryConfig) => Promise<pg.QueryResult<Readonly<Record<string, unknown>>>>;
