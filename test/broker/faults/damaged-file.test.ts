/**
 * The embedded file cut short, or with pages that are not what was written: the broker does not start and says what to do,
 * or refuses the call, or what it says is right. Never a wrong answer. SEED repeats the damages.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type NewStoredRequest, openStore, type Store, StoreError } from "../../../src/broker/store/index.ts";
import { pick, type Random, seededRandom, upTo } from "../../support/random.ts";
import { System } from "../../support/system.ts";

const NOW = 1_800_000_000_000;
const MANY = 40;
const DAMAGES = 120;
const PAGE = 4096;

let folder: string;
let whole: string;
/** What the undamaged store says to everything that is asked of it. */
let truth: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "confirm-damaged-"));
  whole = join(folder, "whole");
  const store = await openStore(whole);
  // A broker was here.
  await store.occupy();
  for (let index = 0; index < MANY; index += 1) await confirm(store, index);
  truth = (await ask(store)).map(({ said }) => said);
  await store.close();
});
afterAll(() => rm(folder, { recursive: true }));

const accountOf = (index: number): string => `user-${index % 5}@example.com`;
const brokerIdOf = (index: number): string => `BROKER-${index}`;
const jws = (text: string) => ({ payload: text.repeat(300), signatures: [{ protected: text, signature: text }] });

/** A request at an account with a device; two of three are answered. */
async function confirm(store: Store, index: number): Promise<void> {
  const [account, kid] = [accountOf(index), `DEVICE-${index % 5}`];
  const signingKey = { kty: "EC", crv: "P-256", x: kid, y: kid };
  const device = { account, kid, name: "device", signingKey, profile: jws("p"), changesKeys: false, now: NOW };
  await store.connectDevice(device, { by: "open_service" });
  const request: NewStoredRequest = {
    ...{ brokerId: brokerIdOf(index), account, digest: `digest-${index}`, signerKid: "SIGNER", draft: "01" },
    ...{ postedBy: undefined, enquirerId: `E-${index}`, enquirerIdSigned: true, fromId: "bank@bank.example" },
    ...{ request: jws(`request-${index}`), received: NOW, expire: NOW + 60_000 },
  };
  const added = await store.addRequest(request, undefined);
  if (added.kind !== "added") throw new Error(added.kind);
  if (index % 3 === 0) return;
  const answer = { sequence: added.sequence, deviceKid: kid, digest: `answer-${index}`, now: NOW };
  const stamp = () => ({ kid: "SERVICE", signature: `stamp-${index}` });
  await store.answer({ ...answer, response: jws(`answer-${index}`), stamp });
}

interface Told {
  readonly said: string;
  /** Nothing was found, or it was refused. */
  readonly nothing: boolean;
}

/** Everything that a broker would ask a store to answer Status, Pending, Enquire and Respond. */
async function ask(store: Store): Promise<readonly Told[]> {
  const told: Told[] = [];
  const note = async (answer: Promise<unknown>): Promise<void> => {
    try {
      const said = await answer;
      told.push({ said: JSON.stringify(said ?? null), nothing: said === undefined });
    } catch (error) {
      expect(error).toBeInstanceOf(StoreError);
      told.push({ said: `refused: ${(error as StoreError).code}`, nothing: true });
    }
  };
  for (let index = 0; index < MANY; index += 1) {
    await note(store.request(brokerIdOf(index)));
    await note(store.knownOf(brokerIdOf(index)));
    await note(store.requestByDigest(accountOf(index), `digest-${index}`));
    await note(store.knownRequest(accountOf(index), `digest-${index}`, "SIGNER"));
    await note(store.pending({ account: accountOf(index), now: NOW, brokerId: brokerIdOf(index), limit: 1 }));
  }
  for (let index = 0; index < 5; index += 1) {
    const device = store.device(accountOf(index), `DEVICE-${index}`);
    // Its profile has its own signature, which readers verify.
    await note(device.then((found) => found && [found.account, found.kid, found.state]));
  }
  return told;
}

const DAMAGE_NAMES = ["one bit", "a page inverted", "a page of zeros", "a page in another's place", "a cut"];
const DAMAGE: Readonly<Record<string, (bytes: Buffer, random: Random) => Buffer>> = {
  "one bit": (bytes, random) => {
    const at = upTo(random, bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << upTo(random, 8));
    return bytes;
  },
  // A text that is not UTF-8 any more ends the process, in the engine's binding.
  "one low bit": (bytes, random) => {
    const at = upTo(random, bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << upTo(random, 7));
    return bytes;
  },
  "a page inverted": (bytes, random) => {
    const at = upTo(random, bytes.length / PAGE) * PAGE;
    for (let one = at; one < at + PAGE; one += 1) bytes[one] = (bytes[one] ?? 0) ^ 0xff;
    return bytes;
  },
  "a page of zeros": (bytes, random) => {
    const at = upTo(random, bytes.length / PAGE) * PAGE;
    return bytes.fill(0, at, at + PAGE);
  },
  "a page in another's place": (bytes, random) => {
    const [from, to] = [upTo(random, bytes.length / PAGE) * PAGE, upTo(random, bytes.length / PAGE) * PAGE];
    bytes.copy(bytes, to, from, from + PAGE);
    return bytes;
  },
  "a cut": (bytes, random) => bytes.subarray(0, upTo(random, bytes.length)),
};

/** A damaged copy of the folder. */
function damaged(name: string, damage: string, random: Random): string {
  const copy = join(folder, name);
  mkdirSync(copy);
  const bytes = DAMAGE[damage]?.(readFileSync(join(whole, "broker.sqlite")), random);
  writeFileSync(join(copy, "broker.sqlite"), bytes ?? "");
  copyFileSync(join(whole, "broker.lock"), join(copy, "broker.lock"));
  return copy;
}

/** Opens it, as a broker does or as the operator's commands do. Undefined where it is refused. */
async function opened(copy: string, asBroker: boolean): Promise<Store | undefined> {
  let store: Store | undefined;
  try {
    store = await openStore(copy);
    if (asBroker) await store.occupy();
    return store;
  } catch (error) {
    await store?.close().catch(() => undefined);
    expect(error).toBeInstanceOf(StoreError);
    return undefined;
  }
}

describe("a damaged file, by seed", () => {
  it("is refused by a broker that starts, or all that it says is right", async () => {
    const random = seededRandom("damaged file");
    const refused = new Map<string, number>();
    for (let count = 0; count < DAMAGES; count += 1) {
      const damage = pick(random, DAMAGE_NAMES);
      const store = await opened(damaged(`start-${count}`, damage, random), true);
      if (store === undefined) {
        refused.set(damage, (refused.get(damage) ?? 0) + 1);
        continue;
      }
      for (const [index, { said }] of (await ask(store)).entries()) {
        if (!said.startsWith("refused")) expect(said, damage).toBe(truth[index]);
      }
      await store.close();
    }
    console.log(`refused: ${JSON.stringify(Object.fromEntries(refused))} of ${DAMAGES}`);
    expect([...refused.values()].reduce((sum, one) => sum + one, 0)).toBeGreaterThan(DAMAGES / 2);
  });

  it("that was not looked through, as a large one, gives what is right or nothing for a flipped bit", async () => {
    const random = seededRandom("damaged file, not looked through");
    let refusals = 0;
    for (let count = 0; count < DAMAGES; count += 1) {
      const damage = "one low bit";
      const store = await opened(damaged(`read-${count}`, damage, random), false);
      if (store === undefined) continue;
      for (const [index, { said, nothing }] of (await ask(store)).entries()) {
        if (nothing || said === "[]") refusals += said === truth[index] ? 0 : 1;
        else expect(said, damage).toBe(truth[index]);
      }
      await store.close().catch(() => undefined);
    }
    expect(refusals).toBeGreaterThan(0);
  });
});

it("`confirm broker` does not start on a file that was cut, emptied, or has a flipped page, and says what to do", async () => {
  const system = await System.start();
  await system.code("carol@localhost");
  await system.stopBroker("SIGTERM");
  const file = join(system.data, "broker.sqlite");
  const bytes = readFileSync(file);
  const flipped = Buffer.from(bytes);
  for (let at = PAGE; at < 2 * PAGE; at += 1) flipped[at] = (flipped[at] ?? 0) ^ 0xff;
  for (const damage of [bytes.subarray(0, bytes.length / 2), Buffer.alloc(0), flipped]) {
    writeFileSync(file, damage);
    const { code, stderr } = await system.confirm("broker", "--listen", "127.0.0.1:0", "--data", system.data);
    expect(code).toBe(4);
    expect(stderr).toMatch(/^confirm: .* Keep it as it is, and put a backup in its place: .*\n$/);
  }
  writeFileSync(file, bytes);
  await system.startBroker();
  await system.close();
});
