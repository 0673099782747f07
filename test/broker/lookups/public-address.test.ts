/** Which addresses a stranger's domain may send the broker to. */
import { describe, expect, it } from "vitest";
import { isPublicAddress } from "../../../src/broker/lookups/public-address.ts";

describe("an address that is looked up", () => {
  it.each(["1.1.1.1", "93.184.215.14", "172.32.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1"])(
    "may be %s",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ...["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255"],
    ...["192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"],
    ...["224.0.0.1", "240.0.0.1", "255.255.255.255"],
    ...["::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1"],
    ...["2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd00::1", "fe80::1", "fec0::1"],
    ...["ff02::1", "", "localhost", "1.1.1", "0x7f000001"],
  ])("is never %j", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
