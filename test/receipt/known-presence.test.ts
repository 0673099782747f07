/** Which keys for presence count: pinned ones, and those let in with a proof by one that counts. Never a device's own word. */
import { describe, expect, it } from "vitest";
import {
  encryptionJwkOf,
  newEncryptionPair,
  type NewResponse,
  openDeviceProfile,
  responsePayload,
  signDeviceProfile,
  type SigningKey,
  signResponse,
} from "../../src/crypto/index.ts";
import type { Jws } from "../../src/protocol/index.ts";
import { knownPresence, openStatements, presenceChallenge } from "../../src/receipt/index.ts";
import { type Authenticator, newAuthenticator } from "../support/authenticator.ts";
import { endorseRequest } from "../support/endorsing.ts";
import { SOME_TIME } from "../support/fake-clock.ts";
import { ALICE, newKey } from "../support/signing.ts";

const SERVICE = await newKey();
const ONE = await newKey();
const TWO = await newKey();
const FINGER_ONE = await newAuthenticator();
const FINGER_TWO = await newAuthenticator();

async function profile(key: SigningKey, { body }: Authenticator, account = ALICE): Promise<Jws> {
  const encryptionKey = await encryptionJwkOf(await newEncryptionPair({ extractable: true }));
  return signDeviceProfile(key, { account, encryptionKey, created: SOME_TIME, presence: body });
}

/** A device lets another one in, with its key for presence. */
async function letIn(by: SigningKey, device: SigningKey, key: Authenticator, proof?: Authenticator): Promise<Jws> {
  const request = { endorse: await profile(device, key) };
  const signedRequest = await endorseRequest({ service: SERVICE, device, request });
  const response: NewResponse = { signedRequest, value: true, created: SOME_TIME };
  if (proof === undefined) return signResponse(by, response);
  const challenge = await presenceChallenge(new TextEncoder().encode(responsePayload(response)));
  return signResponse(by, response, proof.assert(challenge));
}

async function counted(endorsements: readonly Jws[], profiles: readonly Jws[], presence = [FINGER_ONE.key.key.kid]) {
  const pinned = { account: ALICE, devices: [ONE.kid], services: [SERVICE.kid], presence };
  const statements = await openStatements({ endorsements, revocations: [] });
  const found = await knownPresence(pinned, statements, await Promise.all(profiles.map(openDeviceProfile)));
  return found.map(({ device, key, how }) => [device, key.key.kid, how]);
}

const PINNED = [ONE.kid, FINGER_ONE.key.key.kid, "pinned"];

describe("a key for presence", () => {
  it("counts where it is pinned and a known device names it, and not by the device's word alone", async () => {
    expect(await counted([], [await profile(ONE, FINGER_ONE)])).toEqual([PINNED]);
    expect(await counted([], [await profile(ONE, FINGER_TWO)])).toEqual([]);
  });

  it("of a stranger's device, or in another account's profile, is none, though its fingerprint is pinned", async () => {
    expect(await counted([], [await profile(TWO, FINGER_ONE)])).toEqual([]);
    expect(await counted([], [await profile(ONE, FINGER_ONE, "bob@example.com")])).toEqual([]);
  });

  it("counts where it was let in with a proof by one that counts", async () => {
    const link = await letIn(ONE, TWO, FINGER_TWO, FINGER_ONE);
    const profiles = [await profile(ONE, FINGER_ONE)];
    expect(await counted([link], profiles)).toEqual([PINNED, [TWO.kid, FINGER_TWO.key.key.kid, "endorsed"]]);
    expect(await counted([link], [])).toEqual([]);
  });

  it("does not where it was let in without a proof, or with one by itself: so a thief of a device's key gets none in", async () => {
    const profiles = [await profile(ONE, FINGER_ONE)];
    for (const proof of [undefined, FINGER_TWO, await newAuthenticator()]) {
      expect(await counted([await letIn(ONE, TWO, FINGER_TWO, proof)], profiles)).toEqual([PINNED]);
    }
  });

  it("that takes another's place on a device counts with a proof by the one before", async () => {
    const profiles = [await profile(ONE, FINGER_ONE)];
    const next = [ONE.kid, FINGER_TWO.key.key.kid, "endorsed"];
    expect(await counted([await letIn(ONE, ONE, FINGER_TWO, FINGER_ONE)], profiles)).toEqual([PINNED, next]);
    expect(await counted([await letIn(ONE, ONE, FINGER_TWO)], profiles)).toEqual([PINNED]);
  });
});
