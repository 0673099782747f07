/** Connect codes and the proofs over them. */
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  deviceProofParts,
  newConnectCode,
  parseConnectCode,
  proveCode,
  serviceProofParts,
  showConnectCode,
  verifyCodeProof,
} from "../../src/crypto/index.ts";
import { Sha256 } from "../../src/protocol/index.ts";
import { foreignKey } from "../support/foreign-signer.ts";
import { refusalCode } from "../support/refusal.ts";

const CODE = "ABCDEFGHIJKLMN23";
const ACCOUNT = "alice@example.com";
const device = foreignKey().kid;
const service = foreignKey().kid;
const other = foreignKey().kid;

describe("a connect code", () => {
  it("has 80 random bits, as sixteen capitals and digits, and no two are the same", () => {
    const codes = Array.from({ length: 500 }, newConnectCode);
    for (const code of codes) expect(code).toMatch(/^[A-Z2-7]{16}$/);
    expect(new Set(codes).size).toBe(500);
    for (let at = 0; at < 16; at++) expect(new Set(codes.map((code) => code[at])).size).toBe(32);
  });

  it("is shown in groups of four, and read back as it is shown", () => {
    expect(showConnectCode(CODE)).toBe("ABCD-EFGH-IJKL-MN23");
    for (let count = 0; count < 50; count++) {
      const code = newConnectCode();
      expect(parseConnectCode(showConnectCode(code))).toBe(code);
    }
  });

  it.each([
    ["as it is", "ABCDEFGHIJKLMN23"],
    ["in small letters", "abcd-efgh-ijkl-mn23"],
    ["with spaces for dashes", "ABCD EFGH IJKL MN23"],
    ["with white space around", "  ABCD-EFGH-IJKL-MN23\n"],
    ["with spaces beside dashes", "ABCD - EFGH - IJKL - MN23"],
    ["with no-break spaces", "ABCD\u00a0EFGH\u00a0IJKL\u00a0MN23"],
    ["with dashes elsewhere", "AB-CDEFGHIJKL-MN2-3"],
  ])("is read as a person types it: %s", (_, typed) => {
    expect(parseConnectCode(typed)).toBe(CODE);
  });

  it.each([
    ["too short", "ABCD-EFGH-IJKL-MN2"],
    ["too long", "ABCD-EFGH-IJKL-MN234"],
    ["with a digit that Base32 does not have", "ABCD-EFGH-IJKL-MN01"],
    ["with another sign", "ABCD_EFGH_IJKL_MN23"],
    ["empty", ""],
    ["with letters beyond ASCII", "ÄBCD-EFGH-IJKL-MN23"],
  ])("is not read where it is %s", (_, typed) => {
    expect(parseConnectCode(typed)).toBeUndefined();
  });
});

describe("a proof", () => {
  it("is the HMAC of the design, zero bytes between the parts", async () => {
    const hmac = (text: string) => createHmac("sha256", CODE).update(text).digest("base64url");
    const ofDevice = await proveCode(CODE, deviceProofParts(ACCOUNT, device));
    expect(ofDevice).toBe(hmac(`mesh-confirm connect device\0${ACCOUNT}\0${device}`));
    expect(await proveCode(CODE, serviceProofParts(ACCOUNT, service, device))).toBe(
      hmac(`mesh-confirm connect service\0${ACCOUNT}\0${service}\0${device}`),
    );
    expect(Sha256.read(ofDevice, "Proof")).toBe(ofDevice);
  });

  it("holds for the code, account and keys that it was made with", async () => {
    const parts = serviceProofParts(ACCOUNT, service, device);
    expect(await verifyCodeProof(CODE, parts, await proveCode(CODE, parts))).toBe(true);
  });

  it.each<[string, string, readonly string[]]>([
    ["another code", "BBCDEFGHIJKLMN23", serviceProofParts(ACCOUNT, service, device)],
    ["another account", CODE, serviceProofParts("mallory@example.com", service, device)],
    ["another service", CODE, serviceProofParts(ACCOUNT, other, device)],
    ["another device", CODE, serviceProofParts(ACCOUNT, service, other)],
    ["the keys in the other order", CODE, serviceProofParts(ACCOUNT, device, service)],
    ["the other direction", CODE, deviceProofParts(ACCOUNT, device)],
  ])("does not hold for %s", async (_, code, parts) => {
    const proof = await proveCode(CODE, serviceProofParts(ACCOUNT, service, device));
    expect(await verifyCodeProof(code, parts, proof)).toBe(false);
  });

  it("of the device, sent back by a broker that does not know the code, does not hold as its own", async () => {
    const proof = await proveCode(CODE, deviceProofParts(ACCOUNT, device));
    expect(await verifyCodeProof(CODE, serviceProofParts(ACCOUNT, service, device), proof)).toBe(false);
  });

  it("that is cut short, or empty, does not hold", async () => {
    const parts = deviceProofParts(ACCOUNT, device);
    const proof = await proveCode(CODE, parts);
    for (const cut of ["", proof.slice(0, 4), proof.slice(0, 40)]) {
      expect(await verifyCodeProof(CODE, parts, cut)).toBe(false);
    }
  });

  it("that is not canonical base64url is refused, though its bytes would hold", async () => {
    const parts = deviceProofParts(ACCOUNT, device);
    const proof = await proveCode(CODE, parts);
    const loose = proof.slice(0, -1) + String.fromCharCode(proof.charCodeAt(42) + 1);
    expect(Buffer.from(loose, "base64url")).toEqual(Buffer.from(proof, "base64url"));
    expect(await refusalCode(() => verifyCodeProof(CODE, parts, loose))).toBe("base64url");
  });
});
