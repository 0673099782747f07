/** Whole confirmations with the bare server: the yardstick of the others. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { Child } from "./child.mjs";
import { FROM, nextPayment } from "./payment.mjs";
import { Signer } from "./signer.mjs";

const TYPE = "application/jose";

/** Starts the bare server with its data in `folder`. */
export async function startBare(folder) {
  const enquirer = await Signer.create();
  const device = await Signer.create();
  writeFileSync(join(folder, "keys.json"), JSON.stringify({ enquirer: enquirer.jwk, device: device.jwk }));
  const child = await Child.start(folder, "bare", [join(import.meta.dirname, "bare-server.mjs"), folder]);

  const makeOne = (user) => {
    const body = { Text: nextPayment(), FromID: FROM, ToID: `user${user}@localhost` };
    const request = enquirer.compact({ jwk: enquirer.jwk }, JSON.stringify({ TBSRequest: body }));
    const answered = { TBSResponse: { SignedRequest: request, Value: true } };
    return { user, request, answer: device.compact({ jwk: device.jwk }, JSON.stringify(answered)) };
  };
  return {
    name: "bare",
    label: "bare server",
    child,
    port: child.started.port,
    make: (user) => makeOne(user),
    confirm: async (line, { request, answer }) => {
      const posted = await line.send("POST", "/requests", TYPE, request);
      if (posted.status !== 201) return `posting: HTTP ${posted.status}`;
      const answered = await line.send("POST", `/answers/${posted.body}`, TYPE, answer);
      if (answered.status !== 200) return `answering: HTTP ${answered.status}`;
      const read = await line.send("GET", `/answers/${posted.body}`, TYPE);
      return read.status === 200 && read.body === answer ? undefined : "another answer came back";
    },
    check: () => Promise.resolve([]),
    stored: () => {
      const database = new Database(join(folder, "bare.sqlite"), { readonly: true });
      const { n } = database.prepare("SELECT count(*) AS n FROM confirmations WHERE answer IS NOT NULL").get();
      database.close();
      return n;
    },
  };
}
