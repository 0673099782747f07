/** What is asked of name servers, over the wire: addresses and services, and that there are none. */
import { describe, expect, it } from "vitest";
import { systemDns } from "../../src/node/index.ts";
import { openDnsServer, srvData } from "../support/dns-server.ts";

describe("DNS", () => {
  it("gives addresses of both families, services, and nothing for what is not there", async () => {
    const server = await openDnsServer(
      new Map([
        ["A keys.example", [Buffer.from([192, 0, 2, 1])]],
        ["AAAA keys.example", [Buffer.from("20010db8000000000000000000000001", "hex")]],
        ["SRV _confirm._tcp.keys.example", [srvData(1, 5, 8443, "host.keys.example")]],
        ["SRV _confirm._tcp.none.example", [srvData(0, 0, 0, ".")]],
      ]),
    );
    try {
      const dns = systemDns([server.address]);
      expect(await dns.addresses("keys.example")).toEqual(["192.0.2.1", "2001:db8::1"]);
      expect(await dns.services("_confirm._tcp.keys.example")).toEqual([
        { name: "host.keys.example", port: 8443, priority: 1, weight: 5 },
      ]);
      expect(await dns.services("_confirm._tcp.none.example")).toMatchObject([{ port: 0 }]);
      expect(await dns.addresses("absent.example")).toEqual([]);
      expect(await dns.services("keys.example")).toEqual([]);
    } finally {
      await server.close();
    }
  });

  it("says that nobody can be asked, which is not the same as nothing there", async () => {
    const server = await openDnsServer(new Map());
    const { address } = server;
    await server.close();
    await expect(systemDns([address]).services("_confirm._tcp.keys.example")).rejects.toThrow();
  });
});
