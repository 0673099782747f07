/** Makes a server listen, or says why it cannot. */
import type { Server as PlainServer } from "node:http";
import type { Server as TlsServer } from "node:https";
import { BrokerError } from "./errors.ts";

export type Server = PlainServer | TlsServer;

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
