/** One connection to an MQTT 3.1.1 server on loopback: the least of a client that publishes and subscribes with QoS 1. */
import { connect } from "node:net";

const CONNECT = 1;
const PUBLISH = 3;
const PUBACK = 4;
const SUBSCRIBE = 8;

const text = (value) => Buffer.concat([Buffer.from([value.length >> 8, value.length & 255]), Buffer.from(value)]);

function packet(type, flags, body) {
  const length = [];
  for (let rest = body.length; length.length === 0 || rest > 0; rest = rest >> 7)
    length.push((rest & 127) | (rest > 127 ? 128 : 0));
  return Buffer.concat([Buffer.from([(type << 4) | flags, ...length]), body]);
}

export class MqttLine {
  #socket;
  #received = Buffer.alloc(0);
  #waits = [];

  /** Connects as `name`; messages go to `onMessage` as their payload. */
  static async open(port, name, onMessage = () => undefined) {
    const line = new MqttLine(port, onMessage);
    const variable = Buffer.from([4, 2, 0, 0]);
    await line.#ask(packet(CONNECT, 0, Buffer.concat([text("MQTT"), variable, text(name)])));
    return line;
  }

  constructor(port, onMessage) {
    this.onMessage = onMessage;
    this.#socket = connect({ host: "127.0.0.1", port, noDelay: true });
    this.#socket.on("data", (bytes) => this.#take(bytes));
    this.#socket.on("error", (error) => this.#waits.shift()?.reject(error));
  }

  subscribe(topic) {
    return this.#ask(packet(SUBSCRIBE, 2, Buffer.concat([Buffer.from([0, 1]), text(topic), Buffer.from([1])])));
  }

  /** Publishes; resolves when the server has acknowledged it. */
  publish(topic, payload) {
    return this.#ask(packet(PUBLISH, 2, Buffer.concat([text(topic), Buffer.from([0, 1]), payload])));
  }

  close() {
    this.#socket.destroy();
  }

  #ask(bytes) {
    return new Promise((resolve, reject) => {
      this.#waits.push({ resolve, reject });
      this.#socket.write(bytes);
    });
  }

  #take(bytes) {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      let at = 1;
      let length = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = this.#received[at];
        if (byte === undefined) return;
        at += 1;
        length |= (byte & 127) << shift;
        if (byte < 128) break;
      }
      if (this.#received.length < at + length) return;
      this.#handle(this.#received[0] >> 4, this.#received.subarray(at, at + length));
      this.#received = this.#received.subarray(at + length);
    }
  }

  #handle(type, body) {
    if (type !== PUBLISH) return void this.#waits.shift()?.resolve();
    const topicEnd = 2 + body.readUInt16BE(0);
    this.#socket.write(packet(PUBACK, 0, body.subarray(topicEnd, topicEnd + 2)));
    this.onMessage(body.subarray(topicEnd + 2));
  }
}
