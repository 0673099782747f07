/**
 * Statements that are asked for many at once, with a list of each value in its place: `g.v1` for `?1`, of the n-th that
 * asks. What a statement means stands in the scripts; here is only how its rows are told apart.
 */
import { APPEND } from "../audit-chain.ts";
import type { Value } from "../script.ts";
import { CLAIM } from "../scripts/calls.ts";
import { ADD_BODY, ADD_REQUEST } from "../scripts/requests.ts";
import { ADD_ANSWER, END_BY_DEVICE } from "../scripts/settle.ts";

/** The statement for many, of that for one. `given` has their values. */
type Form = (sql: string, given: string) => string;

const selected: Form = (sql, given) => `SELECT g.n, q.* FROM ${given} CROSS JOIN LATERAL (${sql}) AS q`;

const inserted: Form = (sql, given) =>
  sql.replace(/VALUES \(([^)]*)\)/, (_, values: string) => `SELECT ${values} FROM ${given}`);

const updated: Form = (sql, given) =>
  sql.replace("WHERE", () => `FROM ${given} WHERE`).replace("RETURNING", "RETURNING g.n,");

/**
 * An insert that leaves out what is there. A new row says by its keys whose it is; of two with the same keys it is the first
 * one's. Each process inserts in the order of the index that two of them may come to at once, so that neither waits for the
 * other.
 *
 * @param columns - what comes back: the keys, and what the statement returns
 */
function insertedOnce(columns: string, keys: string, order: string): Form {
  return (sql, given) => {
    const [insert = ""] = sql.replace("WHERE", "FROM g WHERE").split("ON CONFLICT");
    return `
  WITH g AS MATERIALIZED (SELECT * FROM ${given}),
    done AS (${insert} ORDER BY ${order} ON CONFLICT DO NOTHING RETURNING ${columns})
  SELECT min(g.n) AS n, ${columns} FROM done JOIN g ON ${keys} GROUP BY ${columns}`;
  };
}

const FORMS: ReadonlyMap<string, Form> = new Map([
  [APPEND, inserted],
  [ADD_BODY, inserted],
  [ADD_ANSWER, inserted],
  [END_BY_DEVICE, updated],
  [ADD_REQUEST, insertedOnce("seq, broker_id", "g.v1 = broker_id", "g.v4, g.v7")],
  [CLAIM, insertedOnce("kid, jti", "g.v1 = kid AND g.v2 = jti", "g.v1, g.v2")],
]);

/** The form of a statement, if many may be asked at once. */
export function formOf(kind: string, sql: string): Form | undefined {
  return kind === "row" && /^\s*SELECT[^]*\?1/.test(sql) ? selected : FORMS.get(sql);
}

/** By a statement, the texts for many of it: one for each way in which its values may be numbers. */
const texts = new Map<string, Map<string, string>>();

/** A statement for many, and the lists of their values. */
export function forMany(
  sql: string,
  form: Form,
  all: readonly (readonly Value[])[],
): { readonly text: string; readonly values: readonly (readonly Value[])[] } {
  const values = (all[0] ?? []).map((_, at) => all.map((one) => one[at] ?? null));
  const types = values.map((column) => (column.some((value) => typeof value === "number") ? "bigint" : "text"));
  const known = texts.get(sql) ?? new Map<string, string>();
  const text = known.get(types.join()) ?? textFor(sql, form, types);
  texts.set(sql, known.set(types.join(), text));
  return { text, values };
}

function textFor(sql: string, form: Form, types: readonly string[]): string {
  const lists = types.map((type, at) => `$${at + 1}::${type}[]`);
  const names = types.map((_, at) => `v${at + 1}`);
  const given = `unnest(${lists.join(", ")}) WITH ORDINALITY AS g(${[...names, "n"].join(", ")})`;
  return form(sql, given).replaceAll(/\?(\d+)/g, "g.v$1");
}
