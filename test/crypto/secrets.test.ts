/** No refusal repeats a secret: errors are logged, sent back, and shown. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  deviceProofParts,
  exportPair,
  importPair,
  newConnectCode,
  newSigningPair,
  openRequest,
  readPublicKey,
  signingKeyOf,
  verifyCodeProof,
} from "../../src/crypto/index.ts";
import { DeviceProfile, readRequest, scanJson } from "../../src/protocol/index.ts";
import { foreignGeneral, foreignKey } from "../support/foreign-signer.ts";
import { refusal } from "../support/refusal.ts";

const file = await exportPair(await newSigningPair({ extractable: true }));
const foreign = foreignKey();
const code = newConnectCode();
const damaged = { ...file, y: foreign.jwk.y };

describe("a refusal does not repeat", () => {
  it.each<[string, string, () => unknown]>([
    ["the private member of a file that is not whole", file.d, () => scanJson(JSON.stringify(file).slice(0, -1), 9999)],
    [
      "the private member of a file with something after it",
      file.d,
      () => scanJson(`${JSON.stringify(file)}${file.d}`, 9999),
    ],
    [
      "the private member of a file that has it twice",
      file.d,
      () => scanJson(`{"d":"${file.d}","d":"${file.d}"}`, 9999),
    ],
    ["the private member of a file that is too large", file.d, () => scanJson(JSON.stringify(file), 10)],
    ["the private member of a pair that does not fit", file.d, () => importPair(damaged, "sign")],
    ["the private member of a JWK that should be public", file.d, () => readPublicKey({ ...file })],
    ["the private member of a JWK that is off the curve", file.d, () => importPair(damaged, "derive")],
    [
      "the private member of a key in a protected header",
      file.d,
      () => openRequest(foreignGeneral(foreign, { alg: "ES256", jwk: { ...file } }, "{}", null)),
    ],
    [
      "the private member of a key in a profile",
      file.d,
      () => DeviceProfile.read({ DeviceProfile: { Account: "a@b.example", SigningKey: { ...file } } }, "payload"),
    ],
    [
      "a private member where another member belongs",
      file.d,
      () => readRequest({ StatusRequest: { BrokerID: `${file.d}_` } }),
    ],
    [
      "a connect code whose proof is none",
      code,
      () => verifyCodeProof(code, deviceProofParts("a@b.example", foreign.kid), "A".repeat(42) + "B"),
    ],
    [
      "a connect code that was sent where a proof belongs",
      code,
      () =>
        readRequest({ ConnectRequest: { Account: "a@b.example", DeviceName: "x", DeviceProfile: {}, Proof: code } }),
    ],
  ])("%s", async (_, secret, action) => {
    const error = await refusal(action);
    expect(secret.length).toBeGreaterThanOrEqual(16);
    const said = `${inspect(error, { depth: 9, showHidden: true })} ${error.stack ?? ""} ${String(error.cause)}`;
    for (let at = 0; at + 8 <= secret.length; at++) expect(said).not.toContain(secret.slice(at, at + 8));
  });

  it("what a key holds: a signing key prints no private member", async () => {
    const key = await signingKeyOf(await importPair(file, "sign"));
    expect(inspect(key, { depth: 9, showHidden: true })).not.toContain(file.d);
    expect(JSON.stringify(key)).not.toContain(file.d);
  });
});
