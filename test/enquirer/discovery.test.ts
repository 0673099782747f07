/** A whole confirmation with a broker that only DNS knows where to find: its TLS, its public URL, an SRV record, no --broker. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_POLICY, openStore, type RunningBroker, startBroker } from "../../src/broker/index.ts";
import { connectDevice, type DeviceLine, deviceLine } from "../../src/client/index.ts";
import { newConnectCode, type SigningKey, signResponse } from "../../src/crypto/index.ts";
import { Enquirer, type Notice } from "../../src/enquirer/index.ts";
import { type Discovery, type Dns, newDiscovery } from "../../src/node/index.ts";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import { newAuthority } from "../support/certificates.ts";
import { ALICE, inClear, newKey, profileOf } from "../support/signing.ts";

const AUTHORITY = newAuthority();
const ENDPOINT = "https://example.com/.well-known/confirm";

let folder: string;
let broker: RunningBroker;
let discovery: Discovery;
let device: SigningKey;
let line: DeviceLine;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "confirm-discovery-"));
  const { cert, key } = AUTHORITY.issue(["example.com"]);
  const tls = { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
  await writeFile(tls.certFile, cert);
  await writeFile(tls.keyFile, key, { mode: 0o600 });
  broker = await startBroker({
    store: await openStore(join(folder, "data")),
    listen: { host: "127.0.0.1", port: 0 },
    publicUrls: ["https://example.com"],
    domains: ["example.com"],
    policy: { ...DEFAULT_POLICY, enquirers: "any" },
    tls,
    lookups: { dns: { addresses: () => Promise.resolve([]), services: () => Promise.resolve([]) } },
    log: () => undefined,
  });
  const record = { name: "127.0.0.1", port: broker.address.port, priority: 0, weight: 0 };
  const dns: Dns = { addresses: () => Promise.resolve([]), services: () => Promise.resolve([record]) };
  discovery = newDiscovery({ dns, ca: AUTHORITY.cert });

  const store = await openStore(join(folder, "data"));
  const code = newConnectCode();
  const now = Date.now();
  await store.addAccount(ALICE, now);
  await store.addCode({ account: ALICE, code, now, expires: now + 60_000 });
  await store.close();
  device = await newKey();
  const options = { fetch: discovery.fetchFor(ALICE, ENDPOINT), clock: Date.now };
  const profile = await profileOf(device, ALICE);
  const connected = await connectDevice(
    { account: ALICE, code, deviceName: "a test", key: device, profile },
    { ...options, endpoint: ENDPOINT },
  );
  if (!connected.ok) throw new Error(connected.outcome.StatusDescription);
  const credentials = { key: device, service: connected.service };
  line = deviceLine({ ...options, credentials: () => Promise.resolve(credentials) });
});
afterEach(async () => {
  await broker.close();
  await rm(folder, { recursive: true });
});

describe("an account whose broker DNS names", () => {
  it("is asked and answers there; what is signed and pinned is the domain's own address", async () => {
    const notices: Notice[] = [];
    const enquirer = await Enquirer.open({
      home: join(folder, "home"),
      fromId: "payments@ethel.example",
      discovery,
      onNotice: (notice) => notices.push(notice),
    });
    const asked = enquirer.ask({ to: ALICE, request: { heading: "Open" }, trustOnFirstUse: true });
    const at = { account: ALICE, broker: ENDPOINT };
    const entry = await waitUntil("a request is pending", 30_000, async () => (await line.pending(at)).entries[0]);
    const answer = await signResponse(device, {
      signedRequest: inClear(entry.Request),
      value: true,
      created: Date.now(),
    });
    expect((await line.respond(at, entry.BrokerID ?? "", answer)).status).toBe(201);
    expect(await asked).toMatchObject({ result: "accepted", deviceKid: device.kid });
    expect(notices).toContainEqual({ kind: "service_first_use", endpoint: ENDPOINT, kid: broker.serviceKid });
  });
});
