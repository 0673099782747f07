/** A service key hands over to the next: who follows whom, and whose word does not count. */
import { describe, expect, it } from "vitest";
import { openNextServiceKey, signNextServiceKey, successorsOf } from "../../src/crypto/index.ts";
import { SOME_TIME } from "../support/fake-clock.ts";
import { foreignGeneral, foreignKey } from "../support/foreign-signer.ts";
import { flippedPayload, flippedSignature, newKey } from "../support/signing.ts";

const [FIRST, SECOND, THIRD, STRANGER] = await Promise.all([newKey(), newKey(), newKey(), newKey()]);
const TO_SECOND = await signNextServiceKey(FIRST, SECOND.jwk, SOME_TIME);
const TO_THIRD = await signNextServiceKey(SECOND, THIRD.jwk, SOME_TIME);

const kids = async (...args: Parameters<typeof successorsOf>): Promise<readonly string[]> =>
  (await successorsOf(...args)).map(({ kid }) => kid);

describe("a handover", () => {
  it("says who hands over to whom", async () => {
    expect(await openNextServiceKey(TO_SECOND)).toMatchObject({
      signer: { kid: FIRST.kid },
      next: { kid: SECOND.kid },
    });
  });

  it("must say typ, and be unchanged", async () => {
    const key = foreignKey();
    const body = JSON.stringify({ NextServiceKey: { ServiceKey: SECOND.jwk, Created: "2026-11-23T09:15:59Z" } });
    const named = (typ: object) =>
      openNextServiceKey(foreignGeneral(key, { alg: "ES256", jwk: key.jwk, ...typ }, body));
    await expect(named({})).rejects.toMatchObject({ code: "header" });
    await expect(named({ typ: "confirm-stamp+jws" })).rejects.toMatchObject({ code: "header" });
    expect((await named({ typ: "confirm-next-service-key+jws" })).next.kid).toBe(SECOND.kid);
    await expect(openNextServiceKey(flippedSignature(TO_SECOND))).rejects.toMatchObject({ code: "signature" });
    await expect(openNextServiceKey(flippedPayload(TO_SECOND))).rejects.toMatchObject({ code: "signature" });
  });

  it("of a chain is followed from wherever the pin is", async () => {
    expect(await kids(FIRST, [TO_SECOND, TO_THIRD])).toEqual([SECOND.kid, THIRD.kid]);
    expect(await kids(SECOND, [TO_SECOND, TO_THIRD])).toEqual([THIRD.kid]);
    expect(await kids(THIRD, [TO_SECOND, TO_THIRD])).toEqual([]);
  });

  it("counts only by the key before: not by a stranger, by the new key itself, or with a step missing", async () => {
    expect(await kids(FIRST, [await signNextServiceKey(STRANGER, SECOND.jwk, SOME_TIME)])).toEqual([]);
    expect(await kids(FIRST, [await signNextServiceKey(SECOND, SECOND.jwk, SOME_TIME)])).toEqual([]);
    expect(await kids(FIRST, [TO_THIRD])).toEqual([]);
    expect(await kids(FIRST, [flippedPayload(TO_SECOND), TO_THIRD])).toEqual([]);
    expect(await kids(FIRST, [await signNextServiceKey(STRANGER, FIRST.jwk, SOME_TIME), TO_SECOND])).toEqual([
      SECOND.kid,
    ]);
  });
});
