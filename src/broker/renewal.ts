/** Looks whether certificate and key were renewed, and takes them over for new connections without a restart. */
import type { Server } from "node:https";
import { type Certificate, readCertificate, type TlsFiles, TLS_RULES } from "./certificate.ts";
import { BrokerError } from "./errors.ts";
import type { Log } from "./log.ts";

export interface Renewal {
  /** Looks now; also done every minute. */
  readonly look: () => Promise<void>;
  readonly stop: () => void;
}

const LOOK_MS = 60_000;

/**
 * Starts looking. Files that do not fit together, as in the middle of a renewal, change nothing and are logged once.
 *
 * @param first - what the server was made with
 */
export function startRenewal(
  server: Server,
  files: TlsFiles,
  first: Certificate,
  service: { readonly hosts: readonly string[]; readonly log: Log; readonly clock: () => number },
): Renewal {
  let current = first;
  let said = "";
  const look = async (): Promise<void> => {
    try {
      const next = await readCertificate(files, service.hosts, service.clock());
      said = "";
      if (next.cert === current.cert && next.key === current.key) return;
      server.setSecureContext({ ...next, ...TLS_RULES });
      current = next;
      service.log.write({ event: "certificate", detail: "The renewed certificate is in use." });
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      if (said !== error.message) service.log.write({ event: "certificate", detail: error.message });
      said = error.message;
    }
  };
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS).unref();
  return { look, stop: () => clearInterval(timer) };
}
