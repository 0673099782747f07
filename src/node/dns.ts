/** The names of the DNS, as those who look one up need them; a fake in tests. */
import { Resolver } from "node:dns/promises";
import { isCode } from "./files.ts";

/** An SRV record (RFC 2782). */
export interface ServiceRecord {
  /** Empty, or a dot, where the domain says that it has no such service. */
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** Both give an empty list where there is no such record, and reject where nobody can be asked. */
export interface Dns {
  /** The IPv4 and IPv6 addresses of a host. */
  readonly addresses: (host: string) => Promise<readonly string[]>;
  readonly services: (name: string) => Promise<readonly ServiceRecord[]>;
}

/** The system's name servers, asked directly: what is in a hosts file is not in the DNS. */
export function systemDns(servers?: readonly string[]): Dns {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  return {
    addresses: async (host) => {
      const [four, six] = await Promise.all([none(resolver.resolve4(host)), none(resolver.resolve6(host))]);
      return [...four, ...six];
    },
    services: (name) => none(resolver.resolveSrv(name)),
  };
}

async function none<T>(records: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await records;
  } catch (error) {
    if (isCode(error, "ENOTFOUND") || isCode(error, "ENODATA")) return [];
    throw error;
  }
}
