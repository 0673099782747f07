import fc from "fast-check";
import { expect, it } from "vitest";
import { nodeSha256 } from "../../src/node/sha256.ts";

it("Node's hash is WebCrypto's, of any bytes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const expected = new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes)));
      expect(new Uint8Array(await nodeSha256(Uint8Array.from(bytes)))).toEqual(expected);
    }),
  );
});
