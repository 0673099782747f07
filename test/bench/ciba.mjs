/** Whole confirmations with oidc-provider: an enquiry, the user's yes, and the poll that fetches it. */
import { join } from "node:path";
import { Child } from "./child.mjs";
import { nextPayment } from "./payment.mjs";

const FORM = "application/x-www-form-urlencoded";
const CLIENT = { client_id: "bank", client_secret: "bench" };
/** The text is longer than a phone would show; ours is as long. */
const form = (members) => new URLSearchParams({ ...CLIENT, ...members }).toString();

/** Starts it. */
export async function startCiba(folder) {
  const child = await Child.start(folder, "ciba", [join(import.meta.dirname, "ciba-server.mjs")]);
  return {
    name: "ciba",
    label: "oidc-provider, CIBA",
    child,
    port: child.started.port,
    make: (user) => form({ scope: "openid", login_hint: `user${user}`, binding_message: nextPayment() }),
    confirm: async (line, enquiry) => {
      const asked = await line.send("POST", "/backchannel", FORM, enquiry);
      const { auth_req_id: id } = JSON.parse(asked.body);
      if (id === undefined) return `backchannel: ${asked.body}`;
      const approved = await line.send("POST", `/approve?id=${id}`, FORM);
      if (approved.status !== 200) return `approving: HTTP ${approved.status}`;
      const poll = form({ grant_type: "urn:openid:params:grant-type:ciba", auth_req_id: id });
      const { body } = await line.send("POST", "/token", FORM, poll);
      return JSON.parse(body).id_token === undefined ? `token: ${body}` : undefined;
    },
    check: () => Promise.resolve([]),
  };
}
