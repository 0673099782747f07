/** JSON values as `JSON.parse` makes them. Only {@link file://./scan.ts} turns bytes into one. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** True for a JSON object, as opposed to an array, a primitive or null. */
export function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
