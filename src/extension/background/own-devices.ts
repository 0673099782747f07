/** The devices of the user's own account, as its broker lists them to this one; revoking one, and leaving for good. */
import { ClientError } from "../../client/index.ts";
import { signRevocation } from "../../crypto/index.ts";
import { parseTime } from "../../protocol/index.ts";
import { openStatements } from "../../receipt/index.ts";
import { type AccountKey, startOf } from "../../responder/index.ts";
import type { DeviceView, RequestOf, ResponseOf } from "../messages.ts";
import type { BrowserResponder } from "./responder.ts";

/** Lists the devices, after the one that is to be revoked was. */
export async function listDevices(
  responder: BrowserResponder,
  { account, broker, revoke }: RequestOf<"options.devices">,
): Promise<ResponseOf<"options.devices">> {
  const of = { account, broker };
  try {
    return { ok: true, devices: await devicesOf(responder, of, revoke ?? undefined) };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const isNotYours = revoke !== null && error.status === 403 && error.deviceState === undefined;
    return { ok: false, failure: isNotYours ? "not_yours" : "failed", detail: error.message };
  } finally {
    // What the broker said of this device is news for its line.
    void responder.check(of).catch(() => undefined);
  }
}

async function devicesOf(
  responder: BrowserResponder,
  account: AccountKey,
  revoke: string | undefined,
): Promise<readonly DeviceView[]> {
  const { broker, ports } = responder;
  const { kid: self } = await ports.keys.signingKey(account);
  const listed = await broker.devices(
    account,
    revoke === undefined ? undefined : await revocationOf(responder, account, revoke),
  );
  const statements = await openStatements({ endorsements: await broker.endorsements(account), revocations: [] });
  const letIn = statements.endorsements
    .filter(({ value, endorser }) => value && endorser === self)
    .map(({ device }) => device.signingKey.kid);
  return listed.map(({ Kid, DeviceName, Created, LastSeen, State }) => ({
    // Its end is to be typed from its own screen, so it cannot be read here.
    kid: State === "pending" ? startOf(Kid) : Kid,
    name: DeviceName,
    state: State,
    created: parseTime(Created),
    lastSeen: LastSeen === undefined ? undefined : parseTime(LastSeen),
    isThis: Kid === self,
    isRevocable: State !== "revoked" && (Kid === self || letIn.includes(Kid)),
  }));
}

async function revocationOf({ ports }: BrowserResponder, account: AccountKey, kid: string) {
  return signRevocation(await ports.keys.signingKey(account), { account: account.account, kid, created: Date.now() });
}

/**
 * Forgets an account and its keys; revokes the device first, because a broker that goes on counting it would have the next
 * one wait for its consent.
 */
export async function removeAccount(
  responder: BrowserResponder,
  account: AccountKey,
): Promise<ResponseOf<"options.removeAccount">> {
  const told = await leave(responder, account);
  return { removed: await responder.remove(account), told };
}

async function leave(responder: BrowserResponder, account: AccountKey): Promise<boolean> {
  try {
    const { kid } = await responder.ports.keys.signingKey(account);
    await responder.broker.devices(account, await revocationOf(responder, account, kid));
    return true;
  } catch (error) {
    // A broker that refuses does not count it.
    return error instanceof ClientError && error.code === "refused" && (error.status === 403 || error.status === 404);
  }
}
