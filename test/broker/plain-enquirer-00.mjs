/**
 * An enquirer written from draft -00 alone: flat messages, `Portal`, an RSA key as the code of its time had, none of our
 * members, no code of ours. It asks a question, polls to the end, says what it got, asks the same again, and gives another
 * question up.
 *
 * usage: node plain-enquirer-00.mjs ENDPOINT ACCOUNT long|short
 */
import { newSigner, only, post, readAnswer, untilDone } from "./plain-wire.mjs";

const [endpoint, account, tags] = process.argv.slice(2);
const Portal = account.split("@")[1];
const say = (name, body) => post(endpoint, { [tags === "short" ? name : `${name}Request`]: { Portal, ...body } });

const sign = newSigner("RS512");
const question = (text) =>
  sign({ TBSRequest: { Text: `<srml><h1>${text}</h1></srml>`, FromID: "plain@client.example", ToID: account } });
// -00 §3.8.1
const enquire = (Request, EnquirerID) => say("Enquire", { Request, Responder: account, EnquirerID });
// -00 §3.9
const status = async (BrokerID, Cancel) => only(await say("Status", { BrokerID, Cancel }), "StatusResponse");

const { Version } = only(await say("Hello", {}), "HelloResponse");
const request = question("Grant Administrator");
const { BrokerID } = only(await enquire(request, "plain-00"), "EnquireResponse");
console.log(BrokerID);
const { RequestStatus, Response } = await untilDone(() => status(BrokerID, false));
only(await enquire(request, "plain-00"), "EnquireResponse", 409);
const other = only(await enquire(question("Never mind"), "plain-00-b"), "EnquireResponse");
const { RequestStatus: cancelled } = await status(other.BrokerID, true);
const version = `${Version.Major}.${Version.Minor}`;
console.log(JSON.stringify({ version, state: RequestStatus, cancelled, ...readAnswer(Response, request) }));
