/** Who asks the extension in the bench: posts a request by a plain call, and takes it back. */
import { randomBytes } from "node:crypto";
import { ENDPOINT_PATH, formatTime } from "../../dist/node/protocol/index.js";
import { HttpLine } from "./http-line.mjs";
import { FROM, nextPayment } from "./payment.mjs";
import { Signer } from "./signer.mjs";

const LIFE_MS = 5 * 60_000;

export class Sender {
  #port;
  #opened;
  #signer;

  constructor(port, signer) {
    this.#port = port;
    this.#signer = signer;
    this.kid = signer.kid;
  }

  static async open(port) {
    return new Sender(port, await Signer.create());
  }

  /** Opened when it is first used: the broker closes one that says nothing while a browser starts. */
  get #line() {
    this.#opened ??= new HttpLine(this.#port);
    return this.#opened;
  }

  /** Posts a request; resolves to its BrokerID and the time at which the broker acknowledged it. */
  async post(account) {
    const now = Date.now();
    const TBSRequest = {
      ...{ Text: nextPayment(), FromID: FROM, ToID: account, EnquirerID: randomBytes(16).toString("base64url") },
      ...{ Created: formatTime(now), Expire: formatTime(now + LIFE_MS) },
    };
    const Request = this.#signer.general({ typ: "confirm-tbs-request+jws" }, JSON.stringify({ TBSRequest }));
    const message = JSON.stringify({ EnquireRequest: { Request: { Request, ResponderAccount: account } } });
    const { body } = await this.#line.send("POST", ENDPOINT_PATH, "application/json", message);
    const acknowledged = Date.now();
    const { Status, BrokerID } = JSON.parse(body).EnquireResponse;
    if (Status !== 201) throw new Error(`Enquire: ${body}`);
    return { brokerId: BrokerID, acknowledged };
  }

  async cancel(brokerId) {
    const message = JSON.stringify({ StatusRequest: { BrokerID: brokerId, Cancel: true } });
    const { body } = await this.#line.send("POST", ENDPOINT_PATH, "application/json", message);
    if (JSON.parse(body).StatusResponse.Response?.RequestStatus !== "ECANCEL") throw new Error(`Cancel: ${body}`);
  }

  /** The same over a connection of its own, for a call that waits. */
  another() {
    return new Sender(this.#port, this.#signer);
  }

  /** Waits until the broker has the answer; resolves to the time (milliseconds since 1970) at which it said so. */
  async waitForAnswer(brokerId) {
    const message = JSON.stringify({ StatusRequest: { BrokerID: brokerId, Wait: 30 } });
    const { body } = await this.#line.send("POST", ENDPOINT_PATH, "application/json", message);
    const at = Date.now();
    if (JSON.parse(body).StatusResponse.Response?.RequestStatus !== "REPLY") throw new Error(`Status: ${body}`);
    return at;
  }

  close() {
    this.#opened?.close();
  }
}
