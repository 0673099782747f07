/**
 * An enquirer as draft -01 has it, and nothing more: entries in messages, none of our members, no code of ours. It asks a
 * question, polls to the end, says what it got, asks the same again, and gives another question up.
 *
 * usage: node plain-enquirer-01.mjs ENDPOINT ACCOUNT long|short
 */
import { newSigner, only, post, readAnswer, untilDone } from "./plain-wire.mjs";

const [endpoint, account, tags] = process.argv.slice(2);
const say = (name, body) => post(endpoint, { [tags === "short" ? name : `${name}Request`]: body });

const sign = newSigner("ES256");
const question = (text) =>
  sign({ TBSRequest: { Text: `<srml><h1>${text}</h1></srml>`, FromID: "plain@client.example", ToID: account } });
// -01 §6.8.1, §6.4.3
const enquire = (Request, EnquirerID) =>
  say("Enquire", { Request: { EnquirerID, Request, ResponderAccount: account, Expire: inAnHour } });
// -01 §6.9
const status = async (BrokerID, Cancel) => {
  const { Response } = only(await say("Status", { BrokerID, Cancel }), "StatusResponse");
  if (Response.BrokerID !== BrokerID) throw new Error(`The status is of ${Response.BrokerID}.`);
  return Response;
};
const inAnHour = new Date(Date.now() + 3_600_000).toISOString();

const { Version } = only(await say("Hello", {}), "HelloResponse");
const request = question("Open pod bay doors");
const { BrokerID } = only(await enquire(request, "plain-01"), "EnquireResponse");
console.log(BrokerID);
const { RequestStatus, Response } = await untilDone(() => status(BrokerID, false));
only(await enquire(request, "plain-01"), "EnquireResponse", 409);
const other = only(await enquire(question("Never mind"), "plain-01-b"), "EnquireResponse");
const { RequestStatus: cancelled } = await status(other.BrokerID, true);
const version = `${Version.Major}.${Version.Minor}`;
console.log(JSON.stringify({ version, state: RequestStatus, cancelled, ...readAnswer(Response, request) }));
