/** The yardstick of a push channel: `ws` on Node's server, which answers `ping` with `pong` and keeps nothing. */
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const server = createServer();
new WebSocketServer({ server, clientTracking: false, perMessageDeflate: false }).on("connection", (socket) => {
  socket.on("message", () => socket.send("pong"));
});
server.listen(0, "127.0.0.1", () => console.error(JSON.stringify({ event: "started", port: server.address().port })));
process.on("SIGTERM", () => process.exit(0));
