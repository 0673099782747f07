/** The client side of a WebSocket (RFC 6455), as much of it as the push channel needs, by Node alone: text frames. */
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Opens a channel: `send` a text, `next` gives the next text that comes. */
export async function openSocket(url, subprotocol) {
  const key = randomBytes(16).toString("base64");
  const headers = {
    ...{ Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" },
    ...{ "Sec-WebSocket-Key": key, "Sec-WebSocket-Protocol": subprotocol },
  };
  const asked = request(url.replace(/^ws/, "http"), { headers });
  asked.end();
  const [response, socket, head] = await once(asked, "upgrade");
  const accepted = createHash("sha1").update(`${key}${GUID}`).digest("base64");
  if (response.headers["sec-websocket-accept"] !== accepted) throw new Error("This is no WebSocket.");

  let bytes = head;
  const texts = [];
  let wake = () => undefined;
  const take = (data) => {
    bytes = Buffer.concat([bytes, data]);
    for (let frame = firstFrame(bytes); frame !== undefined; frame = firstFrame(bytes)) {
      bytes = bytes.subarray(frame.end);
      if (frame.opcode === 1) texts.push(frame.text);
    }
    wake();
  };
  socket.on("data", take);
  socket.on("close", () => wake());
  take(Buffer.alloc(0));
  return {
    send: (text) => socket.write(maskedFrame(text)),
    next: async () => {
      while (texts.length === 0) {
        if (socket.destroyed) throw new Error("The channel was closed.");
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      return texts.shift();
    },
    close: () => socket.destroy(),
  };
}

function firstFrame(bytes) {
  if (bytes.length < 2) return undefined;
  const short = bytes[1] & 0x7f;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < start) return undefined;
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  const end = start + length;
  if (bytes.length < end) return undefined;
  return { opcode: bytes[0] & 0x0f, text: bytes.subarray(start, end).toString(), end };
}

function maskedFrame(text) {
  const data = Buffer.from(text);
  const mask = randomBytes(4);
  const head = Buffer.alloc(data.length < 126 ? 2 : 4);
  head[0] = 0x81;
  head[1] = 0x80 | Math.min(data.length, 126);
  if (data.length >= 126) head.writeUInt16BE(data.length, 2);
  return Buffer.concat([head, mask, data.map((byte, index) => byte ^ mask[index % 4])]);
}
