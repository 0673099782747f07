/** Where statements are handed in: those that are alike are asked as one, each prepared once in a session. */
import type { Done, Value } from "../script.ts";
import { integerOf } from "../scripts/parse-rows.ts";
import type { Ask } from "./ask.ts";
import { forMany, formOf } from "./for-many.ts";

export interface Question {
  readonly kind: string;
  readonly sql: string;
  readonly values: readonly Value[];
}

export type Send = (text: string, values: readonly (Value | readonly Value[])[]) => Promise<Done>;

/** Sends statements of the scripts as this server has them. */
export function preparedOver(): (ask: Ask) => Send {
  const prepared = new Map<string, { readonly name: string; readonly text: string }>();
  const statement = (sql: string): { readonly name: string; readonly text: string } => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const fresh = { name: `s${prepared.size}`, text: sql.replaceAll(/\?(\d+)/g, "$$$1") };
    prepared.set(sql, fresh);
    return fresh;
  };
  return (ask) => async (sql, values) => {
    const { rows, rowCount } = await ask({ ...statement(sql), values: [...values] });
    return { rows, changes: rowCount ?? 0 };
  };
}

/** Sends all of them behind each other; like ones together, in an order that is the same in every process. */
export function sendAll(questions: readonly Question[], send: Send): readonly Promise<Done>[] {
  const alike = new Map<string, number[]>();
  for (const [index, { sql }] of questions.entries()) {
    const known = alike.get(sql);
    if (known === undefined) alike.set(sql, [index]);
    else known.push(index);
  }
  const answers: Promise<Done>[] = [];
  for (const sql of [...alike.keys()].sort()) {
    const places = alike.get(sql) ?? [];
    const group = places.flatMap((index) => questions[index] ?? []);
    for (const [at, done] of sendAlike(sql, group, send).entries()) answers[places[at] ?? 0] = done;
  }
  return answers;
}

function sendAlike(sql: string, group: readonly Question[], send: Send): readonly Promise<Done>[] {
  const form = formOf(group[0]?.kind ?? "", sql);
  if (form === undefined || group.length === 1) return group.map(({ values }) => send(sql, values));
  const { text, values } = forMany(
    sql,
    form,
    group.map((one) => one.values),
  );
  const all = send(text, values).then(({ rows }) => {
    const own = group.map((): unknown[] => []);
    // Of what nothing comes back no row is missed.
    for (const row of rows) own[integerOf(row, "n") - 1]?.push(row);
    return own;
  });
  return group.map(async (_, at) => {
    const rows = (await all)[at] ?? [];
    return { rows, changes: rows.length };
  });
}
