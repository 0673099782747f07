/**
 * An enquirer written from docs/protocol.md alone, with authenticated calls: it pins the broker's key, looks the account's
 * devices up, asks, waits, and believes only the signature of such a device over exactly its request.
 *
 * usage: node plain-enquirer.mjs ENDPOINT ACCOUNT
 */
import {
  base64url,
  caller,
  digestOf,
  later,
  newKey,
  now,
  only,
  openObject,
  post,
  signObject,
} from "./plain-authenticated.mjs";

const [endpoint, account] = process.argv.slice(2);
const key = newKey();

const { ServiceKey } = only(JSON.parse(await post(endpoint, '{"HelloRequest":{}}')), "Hello");
const call = caller(endpoint, key, ServiceKey);

/** Profile: the devices, each in a profile that its own key signed. */
const { Devices } = await call("Profile", { Account: account });
const kids = Devices.map((profile) => {
  const { body, kid } = openObject(profile, "confirm-device-profile+jws", "DeviceProfile");
  if (body.Account !== account) throw new Error("The profile is for another account.");
  return kid;
});

const body = {
  Text: '<srml><h1>Open pod bay doors</h1><button value="now">Now</button></srml>',
  FromID: "plain@client.example",
  ToID: account,
  EnquirerID: base64url(crypto.getRandomValues(new Uint8Array(16))),
  Created: now(),
  Expire: later(60),
};
const request = signObject(key, "confirm-tbs-request+jws", { TBSRequest: body });
const { BrokerID } = await call("Enquire", { Request: { Request: request, ResponderAccount: account } });
console.log(BrokerID);

let entry;
do {
  ({ Response: entry } = await call("Status", { BrokerID, Wait: 20 }));
} while (entry.RequestStatus === "PENDING");
if (entry.RequestStatus !== "REPLY") throw new Error(entry.RequestStatus);
const answer = openObject(entry.Response, "confirm-tbs-response+jws", "TBSResponse");
const { SignedRequest, Value, Choice } = answer.body;
const same = digestOf(SignedRequest) === digestOf(request);
if (!same || !kids.includes(answer.kid)) throw new Error("This is no answer to the request.");
console.log(JSON.stringify({ Value, ...(Choice === undefined ? {} : { Choice }), kid: answer.kid }));
