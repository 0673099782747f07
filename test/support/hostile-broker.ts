/**
 * A broker for a browser's extension that signs well and lies: it connects a device by a code as any broker does, lists what
 * the test says, takes every answer, and its push channel sends whatever the test wants.
 */
import { type WebSocket, WebSocketServer } from "ws";
import {
  newConnectCode,
  openDeviceProfile,
  proveCode,
  readCall,
  sealAnswer,
  serviceProofParts,
  showConnectCode,
  type SigningKey,
} from "../../src/crypto/index.ts";
import type { JsonObject, Jws, RequestEntry } from "../../src/protocol/index.ts";
import { OPTIONS_PAGE, testid } from "../../src/demo/launcher/co-browser.ts";
import { envelope } from "./alice.ts";
import type { TestBrowser } from "./each-browser/index.ts";
import { type FalseBroker, openFalseBroker } from "./false-broker.ts";
import { MINUTE } from "./fake-clock.ts";
import { newKey, signedRequest } from "./signing.ts";

const ACCOUNT = "alice@localhost";

export interface HostileBroker extends FalseBroker {
  /** What it lists, oldest first. */
  entries: readonly RequestEntry[];
  /** The open push channels, and how many there ever were. */
  readonly lines: ReadonlySet<WebSocket>;
  readonly opened: () => number;
  /** The answers that it was given. */
  readonly answers: JsonObject[];
  readonly close: () => Promise<void>;
}

export async function openHostileBroker(): Promise<HostileBroker> {
  const made = await openFalseBroker();
  const lines = new Set<WebSocket>();
  const answers: JsonObject[] = [];
  let opened = 0;
  const code = newConnectCode();
  const broker: HostileBroker = {
    ...made,
    entries: [],
    lines,
    opened: () => opened,
    answers,
    close: () => made.wire.close(),
  };
  made.says.set("Connect", async ({ DeviceProfile }) => {
    const { account, signingKey } = await openDeviceProfile(DeviceProfile as unknown as Jws);
    const parts = serviceProofParts(account, made.service.kid, signingKey.kid);
    const Proof = await proveCode(code, parts);
    return { ConnectResponse: { Status: 201, ServiceKey: made.service.jwk, Proof, State: "active" } };
  });
  made.says.set("Pending", ({ AfterId, BrokerID }) => {
    const after = typeof AfterId === "number" ? AfterId : -1;
    const isMeant = (entry: RequestEntry): boolean =>
      (entry.Sequence ?? 0) > after && (BrokerID === undefined || entry.BrokerID === BrokerID);
    return { PendingResponse: { Status: 201, Entries: broker.entries.filter(isMeant).slice(0, 100) } };
  });
  made.says.set("Respond", (body) => {
    answers.push(body);
    return { RespondResponse: { Status: 201 } };
  });
  const answer = made.wire.behaviour;
  made.wire.behaviour = async (call, response) => {
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "content-type");
    if (call.method === "OPTIONS") response.writeHead(204).end();
    else await answer(call, response);
  };
  new WebSocketServer({ server: made.wire.server }).on("connection", (line) => {
    opened += 1;
    line.on("error", () => undefined);
    line.on("close", () => lines.delete(line));
    line.on("message", (data: Buffer) => {
      if (data.toString() === "ping") line.send("pong");
    });
    line.once("message", (data: Buffer) => {
      void (async () => {
        const { req } = await readCall(data.toString());
        const message = JSON.stringify({ SubscribeResponse: { Status: 201 } });
        line.send(await sealAnswer(made.service, { req, message, now: Date.now() }));
        lines.add(line);
      })();
    });
  });
  codes.set(broker, showConnectCode(code));
  return broker;
}

const codes = new WeakMap<HostileBroker, string>();

/** Connects the browser's extension to it on the settings page. */
export async function connectTo(browser: TestBrowser, broker: HostileBroker): Promise<void> {
  const tab = await browser.openTab(browser.url(OPTIONS_PAGE));
  await tab.text(testid("connect"));
  await tab.type(testid("account"), ACCOUNT);
  await tab.type(testid("code"), codes.get(broker) ?? "");
  await tab.type(testid("broker"), broker.wire.endpoint);
  await tab.click(testid("connect"));
  await tab.text(testid("fingerprint"));
  await tab.close();
}

let sequence = 0;

/** A request as the broker lists it: real, signed now, for the account that {@link connectTo} connects. */
export async function asks(
  text: NonNullable<Parameters<typeof signedRequest>[1]>["text"],
  key?: SigningKey,
): Promise<RequestEntry> {
  sequence += 1;
  const created = Math.floor(Date.now() / 1000) * 1000;
  const asked = { toId: ACCOUNT, created, expire: created + 10 * MINUTE, ...(text === undefined ? {} : { text }) };
  const request = await signedRequest(key ?? (await newKey()), asked);
  return envelope(request, { ResponderAccount: ACCOUNT, Sequence: sequence });
}
