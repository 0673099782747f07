/** Hello (-01 §6.6): which protocol this is, where, and by which key it signs. */
import type { Handler } from "../call.ts";

export const hello: Handler<"Hello"> = (_body, _origin, { urls, key, keys }) =>
  Promise.resolve({
    Status: 201,
    Version: { Major: 0, Minor: 1, Encodings: [{ ID: ["application/json"] }], URI: urls },
    ServiceKey: key.jwk,
    ...keys.announcement(),
  });
