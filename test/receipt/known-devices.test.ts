/** From pins to devices: links that count, links that do not, and what a revocation ends. */
import { describe, expect, it } from "vitest";
import { type SigningKey, signRevocation } from "../../src/crypto/index.ts";
import type { Jws } from "../../src/protocol/index.ts";
import { isOver, knownDevices, openStatements } from "../../src/receipt/index.ts";
import { type EndorsementParts, endorsementBy } from "../support/endorsing.ts";
import { HOUR, MINUTE, SECOND, SOME_TIME } from "../support/fake-clock.ts";
import { ALICE, newKey } from "../support/signing.ts";

const [SERVICE, STRANGER, ONE, TWO, THREE] = (await Promise.all(Array.from({ length: 5 }, newKey))) as [
  SigningKey,
  SigningKey,
  SigningKey,
  SigningKey,
  SigningKey,
];
const PINNED = { account: ALICE, devices: [ONE.kid], services: [SERVICE.kid] };

const link = (by: SigningKey, device: SigningKey, more: Partial<EndorsementParts> = {}) =>
  endorsementBy({ service: SERVICE, by, device, ...more });
const revoked = (key: SigningKey, device: SigningKey, created = SOME_TIME + HOUR, account = ALICE) =>
  signRevocation(key, { account, kid: device.kid, created });
const known = async (endorsements: readonly Jws[], revocations: readonly Jws[] = [], pinned = PINNED) =>
  knownDevices(pinned, await openStatements({ endorsements, revocations }));
const kids = async (...args: Parameters<typeof known>) => [...(await known(...args)).keys()].sort();
const sorted = (...keys: readonly SigningKey[]) => keys.map((key) => key.kid).sort();

describe("known devices", () => {
  it("are the pinned ones, and those endorsed from them, link by link, in whatever order they are listed", async () => {
    const links = [await link(TWO, THREE), await link(ONE, TWO)];
    expect(await kids(links)).toEqual(sorted(ONE, TWO, THREE));
    expect((await known(links)).get(THREE.kid)?.chain.map((one) => one.endorser)).toEqual([ONE.kid, TWO.kid]);
  });

  it("are not those that only endorse each other", async () => {
    expect(await kids([await link(TWO, THREE), await link(THREE, TWO)])).toEqual(sorted(ONE));
  });

  it("are not those that endorse themselves, or a pinned one", async () => {
    expect(await kids([await link(TWO, TWO), await link(TWO, ONE)])).toEqual(sorted(ONE));
    expect((await known([await link(TWO, ONE)])).get(ONE.kid)?.chain).toEqual([]);
  });

  it("are none without the broker's pinned key behind the question", async () => {
    expect(await kids([await link(ONE, TWO, { service: STRANGER })])).toEqual(sorted(ONE));
    expect(await kids([await link(ONE, TWO)], [], { ...PINNED, services: [] })).toEqual(sorted(ONE));
  });

  it("are none by a no, nor by another account's yes", async () => {
    expect(await kids([await link(ONE, TWO, { answer: { value: false } })])).toEqual(sorted(ONE));
    expect(await kids([await link(ONE, TWO, { account: "bob@example.com" })])).toEqual(sorted(ONE));
  });

  it("cannot be named by what does not verify", async () => {
    const [garbage] = [await revoked(ONE, TWO)];
    expect(await kids([garbage], [await link(ONE, TWO)])).toEqual(sorted(ONE));
  });
});

describe("a revocation", () => {
  const revocationOf = async (device: SigningKey, ...args: Parameters<typeof known>) =>
    (await known(...args)).get(device.kid)?.revocation;

  it("counts by the device itself, by the one that endorsed it, and by the broker's pinned key", async () => {
    const links = [await link(ONE, TWO)];
    for (const by of [ONE, TWO, SERVICE]) {
      expect((await revocationOf(TWO, links, [await revoked(by, TWO)]))?.signer.kid).toBe(by.kid);
    }
  });

  it("does not count by anybody else, nor for another account", async () => {
    const links = [await link(ONE, TWO), await link(TWO, THREE)];
    for (const [by, device] of [
      [STRANGER, TWO],
      [TWO, ONE],
      [ONE, THREE],
    ] as const) {
      expect(await revocationOf(device, links, [await revoked(by, device)])).toBeUndefined();
    }
    const elsewhere = await revoked(TWO, TWO, SOME_TIME, "bob@example.com");
    expect(await revocationOf(TWO, links, [elsewhere])).toBeUndefined();
  });

  it("leaves what the device endorsed before, and takes what it endorsed after", async () => {
    const gone = [await revoked(ONE, ONE, SOME_TIME + HOUR)];
    expect(await kids([await link(ONE, TWO)], gone)).toEqual(sorted(ONE, TWO));
    for (const at of [SOME_TIME + HOUR, SOME_TIME + HOUR + MINUTE]) {
      expect(await kids([await link(ONE, TWO, { at })], gone)).toEqual(sorted(ONE));
    }
  });

  it("counts from its earliest date, and in that very second", async () => {
    const list = [await revoked(ONE, ONE, SOME_TIME + HOUR), await revoked(SERVICE, ONE, SOME_TIME)];
    const device = (await known([], list)).get(ONE.kid);
    if (device === undefined) throw new Error("not known");
    expect([SOME_TIME - SECOND, SOME_TIME, SOME_TIME + SECOND].map((at) => isOver(device, at))).toEqual([
      false,
      true,
      true,
    ]);
  });
});
