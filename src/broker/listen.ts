/** Makes a server listen, or says why it cannot. */
import type { Server } from "node:http";
import { BrokerError } from "./errors.ts";

/** @throws BrokerError `listen` */
export function listen(
  server: Server,
  host: string,
  port: number,
): Promise<{ readonly host: string; readonly port: number }> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error & { readonly code?: string }): void => {
      const why = error.code === "EADDRINUSE" ? "something else listens there" : error.message;
      reject(new BrokerError("listen", `Cannot listen at ${host}:${port}: ${why}.`));
    };
    server.once("error", failed);
    server.listen(port, host, () => {
      server.off("error", failed);
      const address = server.address();
      resolve({ host, port: typeof address === "object" && address !== null ? address.port : port });
    });
  });
}

/** Stops taking connections and waits until those with a request under way are done, at most `graceMs`. */
export async function stopListening(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  server.closeIdleConnections();
  // A connection whose answer was just written is idle only after that: look again until all are gone.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
