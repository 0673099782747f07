/** Where a broker listens: always a whole endpoint, and plain http only to this machine. */
import { describe, expect, it } from "vitest";
import { parseEndpoint, pushEndpoint } from "../../src/protocol/index.ts";
import { refusalCode } from "../support/refusal.ts";

describe("parseEndpoint", () => {
  it.each([
    ["an origin", "https://example.com", "https://example.com/.well-known/confirm"],
    ["an origin with a slash", "https://example.com/", "https://example.com/.well-known/confirm"],
    ["an endpoint", "https://example.com/.well-known/confirm", "https://example.com/.well-known/confirm"],
    ["an endpoint with a slash", "https://example.com/.well-known/confirm/", "https://example.com/.well-known/confirm"],
    ["another path", "https://example.com/api/confirm", "https://example.com/api/confirm"],
    ["another port", "https://example.com:8443", "https://example.com:8443/.well-known/confirm"],
    ["the default port, which is left out", "https://example.com:443", "https://example.com/.well-known/confirm"],
    ["a host in capitals", "HTTPS://EXAMPLE.com", "https://example.com/.well-known/confirm"],
    ["http to 127.0.0.1", "http://127.0.0.1:8787", "http://127.0.0.1:8787/.well-known/confirm"],
    ["http to localhost", "http://localhost:8787/", "http://localhost:8787/.well-known/confirm"],
  ])("reads %s", (_, text, endpoint) => {
    expect(parseEndpoint(text)).toBe(endpoint);
    expect(parseEndpoint(endpoint)).toBe(endpoint);
  });

  it.each([
    ["http to another machine", "http://example.com"],
    ["http to another machine on the network", "http://192.168.1.10:8787"],
    ["http to a name that starts like this machine", "http://localhost.example.com"],
    ["http to a name that ends like this machine", "http://evil-localhost"],
    ["http to a host behind a user name that looks like this machine", "http://127.0.0.1@example.com"],
    ["http to all addresses", "http://0.0.0.0:8787"],
    ["http to IPv6 loopback, which the extension's policy does not allow", "http://[::1]:8787"],
    ["a user name", "https://alice@example.com"],
    ["a user name and a password", "https://alice:secret@example.com"],
    ["a password alone", "https://:secret@example.com"],
    ["a query", "https://example.com/?a=1"],
    ["a fragment", "https://example.com/#a"],
    ["another scheme", "ftp://example.com"],
    ["a WebSocket address", "wss://example.com"],
    ["a script", "javascript:alert(1)"],
    ["a file", "file:///etc/passwd"],
    ["a host alone", "example.com"],
    ["nothing", ""],
    ["a port that does not exist", "https://example.com:99999"],
  ])("refuses %s", async (_, text) => {
    expect(await refusalCode(() => parseEndpoint(text))).toBe("endpoint");
  });
});

describe("pushEndpoint", () => {
  it("is the endpoint's address with ws for http and /push at the end", () => {
    expect(pushEndpoint("https://example.com/.well-known/confirm")).toBe("wss://example.com/.well-known/confirm/push");
    expect(pushEndpoint("http://127.0.0.1:8787/.well-known/confirm")).toBe(
      "ws://127.0.0.1:8787/.well-known/confirm/push",
    );
  });
});
