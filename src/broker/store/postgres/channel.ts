/**
 * The name under which the processes of one database speak to each other. PostgreSQL lets whoever may connect to a
 * database listen and speak on any channel, so the name is a secret of those who can read our tables.
 */
import { randomBytes } from "node:crypto";
import { StoreError } from "../errors.ts";
import { textOf } from "../scripts/parse-rows.ts";
import type { Ask } from "./ask.ts";
import { inTransaction } from "./in-transaction.ts";

const INSERT = "INSERT INTO meta (name, value) VALUES ('channel', $1) ON CONFLICT DO NOTHING";

/** The channel of this database, chosen by whoever comes first. @throws StoreError */
export async function channelOf(ask: Ask): Promise<string> {
  const name = `mesh_confirm_${randomBytes(16).toString("hex")}`;
  await inTransaction(ask, () => ask({ text: INSERT, values: [name] }));
  const [found] = (await ask("SELECT value FROM meta WHERE name = 'channel'")).rows;
  const channel = textOf(found, "value");
  // It becomes a part of a statement.
  if (!/^[a-z0-9_]{1,60}$/.test(channel)) throw new StoreError("failed", "The name of the channel is not one of ours.");
  return channel;
}
