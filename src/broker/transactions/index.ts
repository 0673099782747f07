/** Which module runs which transaction. */
import {
  type RequestMessage,
  type ResponseBody,
  type Transaction,
  writeResponse,
  writeStatus,
} from "../../protocol/index.ts";
import type { Origin } from "../call.ts";
import { Refusal } from "../refusal.ts";
import type { Service } from "../service.ts";
import { connect } from "./connect.ts";
import { devices } from "./devices.ts";
import { enquire } from "./enquire.ts";
import { hello } from "./hello.ts";
import { pending } from "./pending.ts";
import { policy } from "./policy.ts";
import { profile } from "./profile.ts";
import { respond } from "./respond.ts";
import { status } from "./status.ts";

/**
 * Runs a transaction.
 *
 * @returns the JSON of its response
 * @throws Refusal, ProtocolError, CryptoError, SrmlError, StoreError: `refusal.ts` has the table
 */
export async function runTransaction(message: RequestMessage, origin: Origin, service: Service): Promise<string> {
  const written = async <T extends Transaction>(transaction: T, body: Promise<ResponseBody<T>>): Promise<string> =>
    writeResponse(transaction, await body);
  switch (message.transaction) {
    case "Hello":
      return written("Hello", hello(message.body, origin, service));
    case "Enquire":
      return written("Enquire", enquire(message.body, origin, service, message.draft));
    case "Status": {
      const { body, draft } = await status(message.body, origin, service);
      return writeStatus(body, draft);
    }
    case "Pending":
      return written("Pending", pending(message.body, origin, service));
    case "Respond":
      return written("Respond", respond(message.body, origin, service));
    case "Connect":
      return written("Connect", connect(message.body, origin, service));
    case "Profile":
      return written("Profile", profile(message.body, origin, service));
    case "Policy":
      return written("Policy", policy(message.body, origin, service));
    case "Devices":
      return written("Devices", devices(message.body, origin, service));
    case "Subscribe":
      throw new Refusal("contradiction", "Subscribe is the first frame of the push channel, not a call by HTTP.");
  }
}
