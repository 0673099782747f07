/** Fingerprints and BrokerIDs, against published values and a second implementation. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprint, newBrokerId } from "../../src/crypto/index.ts";
import { base32 } from "../../src/crypto/udf.ts";
import { BrokerId, Kid } from "../../src/protocol/index.ts";
import { foreignFingerprint } from "../support/foreign-signer.ts";
import { readVectors, whyNoVectors } from "../support/vectors.ts";

interface UdfVectors {
  readonly udf_text: readonly {
    readonly content_type: string;
    readonly data: string;
    readonly bits: number;
    readonly per_draft_truncation: string;
  }[];
  readonly broker_ids: readonly string[];
}

const FILE = "mesh-2017/udf.json";
const vectors = () => readVectors(FILE) as UdfVectors;

describe("fingerprint", () => {
  it("of the text of the draft is the one that the draft's rule gives", async () => {
    expect(await fingerprint("text/plain", new TextEncoder().encode("UDF Data Value"))).toBe(
      "MDDK7-N6A72-7AJZN-OSTRX-XKS7D-JAFXI",
    );
  });

  it("agrees with the published fingerprints of 150 bits, cut by the draft's rule", async ({ skip }) => {
    const reason = whyNoVectors(FILE);
    skip(reason !== undefined, reason);
    const published = vectors().udf_text.filter(({ bits }) => bits === 150);
    expect(published).not.toHaveLength(0);
    for (const { content_type, data, per_draft_truncation } of published) {
      expect(await fingerprint(content_type, new TextEncoder().encode(data))).toBe(per_draft_truncation);
    }
  });

  it("agrees with a second implementation on any type and bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.uint8Array(), async (type, bytes) => {
        expect(await fingerprint(type, new Uint8Array(bytes))).toBe(foreignFingerprint(type, bytes));
      }),
    );
  });

  it("differs where only the content type does", async () => {
    const data = new TextEncoder().encode("UDF Data Value");
    expect(await fingerprint("application/pkix-keyinfo", data)).not.toBe(await fingerprint("text/plain", data));
  });

  it("has the form that a kid is read in", async () => {
    const kid = await fingerprint("text/plain", new Uint8Array());
    expect(kid).toMatch(/^M[A-Z2-7]{4}(-[A-Z2-7]{5}){5}$/);
    expect(Kid.read(kid, "kid")).toBe(kid);
  });
});

describe("a BrokerID", () => {
  it("has 150 bits of which the first byte is 136, and the form that a BrokerID is read in", () => {
    for (let count = 0; count < 100; count++) {
      const id = newBrokerId();
      expect(id).toMatch(/^R[A-D][A-Z2-7]{3}(-[A-Z2-7]{5}){5}$/);
      expect(BrokerId.read(id, "BrokerID")).toBe(id);
    }
  });

  it("uses all of its 142 random bits", () => {
    const seen = Array.from({ length: 30 }, () => new Set<string>());
    for (let count = 0; count < 2000; count++) {
      [...newBrokerId().replaceAll("-", "")].forEach((sign, at) => seen[at]?.add(sign));
    }
    // Ten bits hold the byte 136 and two random bits; a sign that always is one of few would show a lost bit.
    expect(seen.map(({ size }) => size)).toEqual([1, 4, ...Array.from({ length: 28 }, () => 32)]);
  });

  it("is read as other brokers printed it", ({ skip }) => {
    const reason = whyNoVectors(FILE);
    skip(reason !== undefined, reason);
    for (const id of vectors().broker_ids) expect(BrokerId.read(id, "BrokerID")).toBe(id);
  });
});

describe("base32", () => {
  it.each([
    ["fooba", 40, "MZXW6YTB"],
    ["f", 5, "M"],
    ["\0\0\0\0\0", 40, "AAAAAAAA"],
  ])("of %j, %i bits, is as RFC 4648 says", (text, bits, expected) => {
    expect(base32(new TextEncoder().encode(text), bits)).toBe(expected);
  });
});
