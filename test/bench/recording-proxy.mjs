/**
 * A proxy that writes down where the browser's requests go. What passes through a tunnel it cannot read; it counts the
 * WebSocket frames in it by their headers, and takes everything else for requests.
 */
import { createServer, request as forward } from "node:http";
import { connect } from "node:net";
import { onEnd } from "./cleanup.mjs";

/**
 * Starts one on a free port of loopback, until the bench ends.
 *
 * @returns its port, and `take`, which gives what was recorded since the last time: host -> requests, frames, bytes
 */
export async function recordingProxy() {
  let recorded = new Map();
  const at = (host) => {
    if (!recorded.has(host)) recorded.set(host, { requests: 0, frames: 0, bytes: 0 });
    return recorded.get(host);
  };
  const server = createServer((incoming, answer) => {
    const url = new URL(incoming.url);
    at(url.host).requests += 1;
    const options = { method: incoming.method, headers: incoming.headers };
    const onward = forward(url, options, (reply) => {
      answer.writeHead(reply.statusCode, reply.headers);
      reply.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    incoming.pipe(onward);
  });
  server.on("connect", (incoming, socket, head) => {
    const host = incoming.url;
    at(host).requests += 1;
    const { hostname, port } = new URL(`http://${host}`);
    const onward = connect({ host: hostname, port: Number(port || 80) }, () => {
      socket.write("HTTP/1.1 200 Connected\r\n\r\n");
      onward.write(head);
      socket.on("data", (bytes) => {
        const entry = at(host);
        entry.bytes += bytes.length;
        entry.frames += clientFrames(bytes);
      });
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) {
      end.on("error", () => undefined);
      end.on("close", () => [socket, onward].forEach((one) => one.destroy()));
    }
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    port: server.address().port,
    take: () => {
      const taken = recorded;
      recorded = new Map();
      return taken;
    },
  };
}

/** How many WebSocket frames of a client (RFC 6455 §5.2: masked, short) start in this chunk; 0 for what is none. */
function clientFrames(bytes) {
  let frames = 0;
  let at = 0;
  while (at + 6 <= bytes.length) {
    const isFrame = (bytes[at] & 0x70) === 0 && (bytes[at + 1] & 0x80) !== 0;
    const length = bytes[at + 1] & 0x7f;
    if (!isFrame || length > 125) return frames;
    frames += 1;
    at += 6 + length;
  }
  return frames;
}
