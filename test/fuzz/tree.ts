/**
 * JSON that need not be JSON: a tree in which an object may have a member twice and a scalar may be any text. What a
 * mutator makes of a valid message is written as it stands.
 */
import type { JsonValue } from "../../src/protocol/index.ts";

export type Tree =
  | { readonly members: readonly (readonly [name: string, value: Tree])[] }
  | { readonly items: readonly Tree[] }
  /** The text of a scalar, or of anything. */
  | { readonly raw: string };

/** A typed object, a JWS for instance, as the JSON that it is. */
export function valueOf(typed: object): JsonValue {
  return JSON.parse(JSON.stringify(typed)) as JsonValue;
}

export function treeOf(value: JsonValue): Tree {
  if (typeof value !== "object" || value === null) return { raw: JSON.stringify(value) };
  if (Array.isArray(value)) return { items: value.map((one: JsonValue) => treeOf(one)) };
  return { members: Object.entries(value).map(([name, one]: [string, JsonValue]) => [name, treeOf(one)]) };
}

export function textOfTree(tree: Tree): string {
  if ("raw" in tree) return tree.raw;
  if ("items" in tree) return `[${tree.items.map(textOfTree).join(",")}]`;
  return `{${tree.members.map(([name, value]) => `${JSON.stringify(name)}:${textOfTree(value)}`).join(",")}}`;
}

export function sizeOfTree(tree: Tree): number {
  if ("raw" in tree) return 1;
  const parts = "items" in tree ? tree.items : tree.members.map(([, value]) => value);
  return parts.reduce((sum, part) => sum + sizeOfTree(part), 1);
}

/** The tree with its part number `place`, in document order, replaced by what `change` makes of it; none leaves it out. */
export function changeTree(tree: Tree, place: number, change: (part: Tree) => readonly Tree[]): Tree {
  let left = place;
  const walk = (part: Tree): readonly Tree[] => {
    if (left-- === 0) return change(part);
    if ("raw" in part) return [part];
    if ("items" in part) return [{ items: part.items.flatMap(walk) }];
    return [
      { members: part.members.flatMap(([name, value]) => walk(value).map((one): [string, Tree] => [name, one])) },
    ];
  };
  return walk(tree)[0] ?? { raw: "" };
}
