/** The name of a request, of whatever is shown of it: what a page says back to the background. */
import type { RequestRef } from "../../responder/index.ts";

export function refOf({ account, broker, id, digest }: RequestRef): RequestRef {
  return { account, broker, id, digest };
}
