/** The devices of the command line: one file for each account, with its keys and the broker's pinned key. */
import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type DecryptionKey,
  decryptionKeyOf,
  importPair,
  importPublicKey,
  type PrivateJwk,
  type SigningKey,
  signingKeyOf,
  type VerifyKey,
} from "../crypto/index.ts";
import { isCode, readOptionalFile, readPrivateJwk, withLock, writePrivateFile } from "../node/index.ts";
import {
  AccountId,
  isJsonObject,
  Jws,
  LIMITS,
  object,
  parseAccount,
  parseEndpoint,
  PublicJwk,
  type ReadOf,
  scanJson,
  text,
} from "../protocol/index.ts";
import type { AccountKey } from "../responder/index.ts";
import type { Context } from "./context.ts";
import { notDamaged } from "./damaged.ts";
import { CliError, EXIT } from "./exit.ts";

const Public = object({
  account: AccountId,
  broker: text(1, 500),
  deviceName: text(1, 60),
  service: PublicJwk,
  profile: Jws,
});

export interface NewDevice extends ReadOf<typeof Public> {
  readonly signing: PrivateJwk;
  readonly encryption: PrivateJwk;
}

export interface Device extends AccountKey {
  readonly key: SigningKey;
  readonly decryption: DecryptionKey;
  readonly service: VerifyKey;
}

/** A name for an account's files that no account can break out of. */
export function fileNameOf({ account, broker }: AccountKey): string {
  return createHash("sha256").update(`${account}\0${broker}`).digest("hex").slice(0, 32);
}

const folderOf = (home: string): string => join(home, "devices");

/** Keeps a device that connected. */
export async function saveDevice(home: string, device: NewDevice): Promise<void> {
  await writePrivateFile(join(folderOf(home), `${fileNameOf(device)}.json`), `${JSON.stringify(device)}\n`);
}

/** Replaces the broker's pinned key of a device. */
export async function adoptService(home: string, device: AccountKey, service: VerifyKey): Promise<void> {
  const path = join(folderOf(home), `${fileNameOf(device)}.json`);
  await withLock(path, async () => {
    const content = await readOptionalFile(path);
    const json = content === undefined ? undefined : scanJson(content, LIMITS.messageBytes);
    if (json === undefined || !isJsonObject(json)) return;
    await writePrivateFile(path, `${JSON.stringify({ ...json, service: service.jwk })}\n`);
  });
}

/** Throws the keys of a device away. What it answered stays in the inbox. */
export async function forgetDevice(home: string, device: AccountKey): Promise<void> {
  await rm(join(folderOf(home), `${fileNameOf(device)}.json`), { force: true });
}

/** All devices of this home, by account. */
export async function loadDevices(home: string): Promise<readonly Device[]> {
  const names = await readdir(folderOf(home)).catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return [];
    throw error;
  });
  const devices: Device[] = [];
  for (const name of names.filter((one) => one.endsWith(".json"))) {
    const path = join(folderOf(home), name);
    const device = await notDamaged(path, () => loadDevice(path));
    if (device !== undefined) devices.push(device);
  }
  return devices.sort((a, b) => (`${a.account} ${a.broker}` < `${b.account} ${b.broker}` ? -1 : 1));
}

async function loadDevice(path: string): Promise<Device | undefined> {
  const content = await readOptionalFile(path);
  if (content === undefined) return undefined;
  const json = scanJson(content, LIMITS.messageBytes);
  const known = Public.read(json, "device");
  const pair = (name: "signing" | "encryption"): PrivateJwk =>
    readPrivateJwk(isJsonObject(json) ? JSON.stringify(json[name] ?? null) : "");
  return {
    account: known.account,
    broker: known.broker,
    key: await signingKeyOf(await importPair(pair("signing"), "sign")),
    decryption: await decryptionKeyOf(await importPair(pair("encryption"), "derive")),
    service: await importPublicKey(known.service),
  };
}

/**
 * The device to answer with: the named account's, or the only one there is. Where an account is connected at several
 * brokers, the one that `--broker` names.
 *
 * @throws CliError usage; ProtocolError `account`, `endpoint`
 */
export async function chooseDevice(
  { home, broker }: Pick<Context, "home" | "broker">,
  id: string | undefined,
): Promise<Device> {
  const account = id === undefined ? undefined : parseAccount(id).id;
  const devices = await loadDevices(home);
  const named = account === undefined ? devices : devices.filter((device) => device.account === account);
  const fitting =
    named.length < 2 || broker === undefined
      ? named
      : named.filter((device) => device.broker === parseEndpoint(broker));
  const [first, ...others] = fitting;
  if (first !== undefined && others.length === 0) return first;
  if (named.length === 0) {
    const who = account ?? "bob@example.com";
    throw new CliError(EXIT.failed, `No account is connected here. First: confirm connect ${who} CODE`);
  }
  const names = named.map((device) => `${device.account} at ${device.broker}`).join(", ");
  throw new CliError(EXIT.failed, `Several accounts are connected (${names}); say which with --id, or with --broker.`);
}
