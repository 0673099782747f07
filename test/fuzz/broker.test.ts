/**
 * A broker under fire: hostile messages, one after another, and after each the broker has answered as it should, nothing
 * was a failure of its own, and a message that it refused has changed nothing. `npm run fuzz` sends a million;
 * FUZZ_MESSAGES says how many, SEED repeats a run.
 */
import { describe, expect, it } from "vitest";
import { importPublicKey, openRequest, openResponse, type VerifyKey } from "../../src/crypto/index.ts";
import type { Jws } from "../../src/protocol/index.ts";
import { randomFrom, seedOf } from "../support/random.ts";
import { attack, ATTACKED, type Attack } from "./attack.ts";
import { Finding, judgeAnswer, judgeSeal, type Verdict } from "./judge.ts";
import { makeWorld, type World } from "./world.ts";

const MESSAGES = Number(process.env["FUZZ_MESSAGES"] ?? 12_000);
/** What one takes on a machine that is busy with other work, by far. */
const MOST_MS = 15;
/** After so many a new world begins: what is accepted piles up, and looking at the whole store takes longer. */
const PER_WORLD = 4000;
const SEED = seedOf("fuzz of the broker");

/** A caller who does not wait. */
const GONE = { onGone: (listener: () => void) => (setImmediate(listener), () => undefined) };

async function send(world: World, { body, contentType }: Attack): ReturnType<World["broker"]["running"]["answer"]> {
  const sealed = contentType === "application/jose+json";
  return world.broker.running.answer({ body, sealed, address: "127.0.0.1", line: GONE });
}

/** Sends one message and judges all that came of it. */
async function fire(world: World, one: Attack, closely: boolean): Promise<Verdict> {
  const before = world.changes();
  const dump = closely ? world.dump() : undefined;
  const answer = await send(world, one);
  const verdict = judgeAnswer(answer);
  if (!verdict.accepted) {
    if (world.changes() !== before) throw new Finding(`Refused with ${answer.body}, and yet rows have changed.`);
    if (dump !== undefined && dump !== world.dump()) throw new Finding("Refused, and yet the store is another.");
  }
  if (closely) await judgeSeal(one, answer, world);
  return verdict;
}

/** Whatever got into the store verifies as it stands, by the keys of those who may. */
async function judgeStore(world: World): Promise<void> {
  // A key that was held when it signed may have been revoked since.
  const held = async (kid: string): Promise<VerifyKey | undefined> => {
    const known = world.keys.find((key) => key.kid === kid);
    return known === undefined ? undefined : importPublicKey({ ...known.jwk });
  };
  const rows = new Map(JSON.parse(world.dump()) as [string, readonly (readonly unknown[])[]][]);
  for (const [, request] of rows.get("request_bodies") ?? [])
    await openRequest(JSON.parse(String(request)) as Jws, held);
  for (const [, , , response] of rows.get("answers") ?? [])
    await openResponse(JSON.parse(String(response)) as Jws, held);
  const defects = world.broker.log().filter(({ event }) => event === "defect");
  if (defects.length > 0) throw new Finding(JSON.stringify(defects[0]));
}

/** Fires the messages of one world; the same seed fires the same. */
async function fireAll(seed: number, count: number, tally: Map<string, number>): Promise<void> {
  const random = randomFrom(seed);
  const world = await makeWorld();
  try {
    for (let sent = 0; sent < count; sent++) {
      const one = attack(world, random, world.broker.endpoint);
      try {
        const { status } = await fire(world, one, sent % 50 === 0);
        const name = `${one.transaction} ${status}`;
        tally.set(name, (tally.get(name) ?? 0) + 1);
      } catch (error) {
        const body = Buffer.from(one.body);
        const message = error instanceof Error ? error.message : String(error);
        throw new Error(
          `Message ${sent} of SEED=${seed}: ${message}\n${one.contentType}\n${body.toString("base64")}\n${body.toString()}`,
          {
            cause: error,
          },
        );
      }
    }
    await judgeStore(world);
  } finally {
    await world.close();
  }
}

describe("a broker that gets mutated messages of every transaction", { timeout: MESSAGES * MOST_MS }, () => {
  it(`answers ${MESSAGES} of them, fails at none, and does nothing for those that it refuses`, async () => {
    const tally = new Map<string, number>();
    const started = performance.now();
    for (let sent = 0, world = 0; sent < MESSAGES; sent += PER_WORLD, world++) {
      await fireAll(SEED + world, Math.min(PER_WORLD, MESSAGES - sent), tally);
      if (MESSAGES > 100_000 && world % 25 === 24) {
        console.log(`${sent + PER_WORLD} messages, ${((performance.now() - started) / 1000).toFixed(0)} s`);
      }
    }
    const counts = [...tally].sort().map(([name, count]) => `${name}: ${count}`);
    console.log(counts.join(", "));
    // A fuzzer whose messages all fail at the first door tests that door alone.
    for (const transaction of ATTACKED) {
      const statuses = [...tally.keys()].filter((name) => name.startsWith(`${transaction} `));
      expect(statuses.length, transaction).toBeGreaterThan(1);
      if (transaction !== "Subscribe") expect(statuses).toContain(`${transaction} 201`);
    }
  });
});
