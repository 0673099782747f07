/**
 * Where a call comes from: the address that limits are counted for. Behind a proxy it is the last entry of
 * `X-Forwarded-For`, which the proxy itself wrote; those before it are the caller's word. Only the proxy may call then.
 */
import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";
import type { Turned } from "./doorway.ts";
import { BrokerError } from "./errors.ts";

/** True for the addresses of the proxy. */
export type IsProxy = (address: string) => boolean;

const LOOPBACK = ["127.0.0.0/8", "::1"];

/**
 * Reads the proxy's addresses.
 *
 * @param addresses - addresses and ranges such as `10.0.0.0/8`; none means that the proxy is on this machine
 * @throws BrokerError `options`
 */
export function proxiesAt(addresses: readonly string[]): IsProxy {
  const list = new BlockList();
  for (const text of addresses.length === 0 ? LOOPBACK : addresses) {
    const [address = "", bits, more] = text.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    const widest = family === "ipv6" ? 128 : 32;
    const length = bits === undefined ? widest : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity;
    if (isIP(address) === 0 || length > widest || more !== undefined) {
      throw new BrokerError("options", `${JSON.stringify(text)} is not an address such as 10.0.0.2 or 10.0.0.0/8.`);
    }
    list.addSubnet(address, length, family);
  }
  return (address) => {
    const plain = withoutMapping(address);
    return isIP(plain) !== 0 && list.check(plain, isIPv4(plain) ? "ipv4" : "ipv6");
  };
}

/** A socket that listens for both families sees IPv4 as `::ffff:192.0.2.1`. */
function withoutMapping(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

/**
 * The address of the caller.
 *
 * @param isProxy - undefined where callers connect by themselves
 */
export function sourceOf({ socket, headers }: IncomingMessage, isProxy: IsProxy | undefined): string | Turned {
  const peer = withoutMapping(socket.remoteAddress ?? "");
  if (isProxy === undefined) return peer;
  if (!isProxy(peer)) return { status: 403, sentence: "This broker takes calls only from its proxy." };
  const forwarded = headers["x-forwarded-for"];
  const last = (Array.isArray(forwarded) ? forwarded.join(",") : (forwarded ?? "")).split(",").at(-1)?.trim() ?? "";
  if (isIP(last) !== 0) return withoutMapping(last);
  return { status: 400, sentence: "The proxy does not say in X-Forwarded-For whose call this is." };
}
