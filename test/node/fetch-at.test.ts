/** HTTPS to a machine that somebody else named: only the certificate says whether it is the URL's host. */
import { afterEach, describe, expect, it } from "vitest";
import { fetchAt, type Place } from "../../src/node/index.ts";
import { newAuthority } from "../support/certificates.ts";
import { freePort } from "../support/system.ts";
import { answerJson, openTlsServer, type TlsServer } from "../support/tls-server.ts";

const AUTHORITY = newAuthority();
const FOR_EXAMPLE = AUTHORITY.issue(["example.com"]);
const FOR_OTHER = AUTHORITY.issue(["other.example"]);

const servers: TlsServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
async function open(...args: Parameters<typeof openTlsServer>): Promise<TlsServer> {
  const server = await openTlsServer(...args);
  servers.push(server);
  return server;
}
const at = ({ port }: { readonly port: number }): Place => ({ host: "127.0.0.1", port });
const reach = (places: readonly Place[], more: { readonly connectMs?: number; readonly ca?: string } = {}) =>
  fetchAt({ placesOf: () => Promise.resolve(places), ca: AUTHORITY.cert, ...more });

describe("fetchAt", () => {
  it("connects where it is told, and speaks to the URL's host", async () => {
    const server = await open(FOR_EXAMPLE, answerJson({ fine: true }));
    const response = await reach([at(server)])("https://example.com/path?q=1", {
      method: "POST",
      body: "hello",
      headers: { "content-type": "application/jose+json" },
    });
    expect(await response.json()).toEqual({ fine: true });
    expect(server.visits).toMatchObject([{ method: "POST", path: "/path?q=1", host: "example.com", body: "hello" }]);
  });

  it.each([
    ["for another host", FOR_OTHER],
    ["by an authority that nobody trusts", newAuthority().issue(["example.com"])],
    ["that is over", AUTHORITY.issue(["example.com"], { to: Date.now() - 1000 })],
  ])("sends nothing to a machine with a certificate %s", async (_name, certificate) => {
    const server = await open(certificate, answerJson({}));
    await expect(reach([at(server)])("https://example.com/", { method: "POST", body: "secret" })).rejects.toThrow();
    expect(server.visits).toEqual([]);
  });

  it("tries the next place where one is down, silent, or somebody else", async () => {
    const other = await open(FOR_OTHER, answerJson({}));
    const server = await open(FOR_EXAMPLE, answerJson({ fine: true }));
    const places = [{ host: "127.0.0.1", port: await freePort() }, at(other), at(server)];
    expect((await reach(places)("https://example.com/")).status).toBe(200);
  });

  it("does not send a request twice: who got it and fails has it", async () => {
    const failing = await open(FOR_EXAMPLE, (response) => response.destroy());
    const second = await open(FOR_EXAMPLE, answerJson({}));
    await expect(reach([at(failing), at(second)])("https://example.com/", { method: "POST" })).rejects.toThrow();
    expect([failing.visits.length, second.visits.length]).toEqual([1, 0]);
  });

  it("follows no redirect, and speaks https alone", async () => {
    const server = await open(FOR_EXAMPLE, (response) => response.writeHead(307, { location: "/" }).end());
    await expect(reach([at(server)])("https://example.com/")).rejects.toThrow("redirect");
    await expect(reach([at(server)])("http://example.com/")).rejects.toThrow("https");
  });

  it("can be given up while DNS is asked, and while the answer comes", async () => {
    const never = fetchAt({ placesOf: () => Promise.race<never>([]) });
    await expect(never("https://example.com/", { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    const server = await open(FOR_EXAMPLE, (response) => void response.write("{"));
    const response = await reach([at(server)])("https://example.com/", { signal: AbortSignal.timeout(500) });
    await expect(response.text()).rejects.toThrow();
  });
});
