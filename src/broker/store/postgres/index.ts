/** The engine that several processes share: a schema of its own in a PostgreSQL database. */
import { scriptsOn } from "../scripts/index.ts";
import type { Store } from "../store.ts";
import { Announcer } from "./announcer.ts";
import { postgresCalls } from "./calls.ts";
import { channelOf } from "./channel.ts";
import { Connections } from "./connections.ts";
import { postgresEngine } from "./engine.ts";
import { Listener } from "./listener.ts";
import { migrate } from "./migrate.ts";
import { placeAt } from "./place.ts";

/**
 * Opens the store in a database.
 *
 * @param url - such as `postgres://confirm@localhost/confirm`
 * @throws StoreError `unsupported`, `unavailable`, `newer_schema`, `not_a_store`, `busy`, `failed`
 */
export async function openPostgresStore(url: string): Promise<Store> {
  const place = placeAt(url);
  const connections = new Connections(place);
  let channel: string;
  try {
    await connections.use(migrate);
    channel = await connections.use(channelOf);
  } catch (error) {
    await connections.close();
    throw error;
  }
  const announcer = new Announcer(connections, channel);
  const engine = postgresEngine(connections, announcer);
  let listening: Listener | undefined;
  return {
    ...scriptsOn(engine),
    ...postgresCalls(engine),
    occupy: () => Promise.resolve(),
    watch: (changed, taken = () => undefined) => {
      void listening?.close();
      listening = new Listener(place, { channel, own: announcer.id, changed, taken });
    },
    tellTaken: (taken) => announcer.tellTaken(taken),
    close: async () => {
      await listening?.close();
      await engine.close();
      await connections.close();
    },
  };
}
