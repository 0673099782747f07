/** Keys and signed requests and answers for tests: real signatures, some of them over what our own code would not write. */
import {
  type DecryptionKey,
  decryptionKeyOf,
  encryptionJwkOf,
  newEncryptionPair,
  newSigningPair,
  signDeviceProfile,
  signingKeyOf,
  signRequest,
} from "../../src/crypto/index.ts";
import type { NewRequest, SigningKey } from "../../src/crypto/index.ts";
import { isJwe, type Jws, type JwsOrJwe } from "../../src/protocol/index.ts";
import { writeSrml } from "../../src/srml/index.ts";
import type { SrmlInput } from "../../src/srml/index.ts";
import { MINUTE, SOME_TIME } from "./fake-clock.ts";
import { type ForeignKey, foreignGeneral } from "./foreign-signer.ts";

export const ALICE = "alice@example.com";
export const BANK = "payments@ethel.example";

/** A new signing key. */
export async function newKey(): Promise<SigningKey> {
  return signingKeyOf(await newSigningPair({ extractable: true }));
}

/** What came, where the test knows that it came in clear. */
export function inClear(message: JwsOrJwe | undefined): Jws {
  if (message === undefined || isJwe(message)) throw new Error("It is not in clear.");
  return message;
}

let asked = 0;

/** What opens what is encrypted for a new pair, and the pair. */
export async function newDecryption(): Promise<{ readonly pair: CryptoKeyPair; readonly key: DecryptionKey }> {
  const pair = await newEncryptionPair({ extractable: true });
  return { pair, key: await decryptionKeyOf(pair) };
}

/** A request as our enquirer signs it; each has an EnquirerID of its own. */
export function signedRequest(
  key: SigningKey,
  more: Partial<Omit<NewRequest, "text">> & { readonly text?: SrmlInput | string } = {},
): Promise<Jws> {
  const { text = { heading: "Open pod bay doors" }, ...rest } = more;
  asked += 1;
  const created = more.created ?? SOME_TIME;
  return signRequest(key, {
    fromId: BANK,
    toId: ALICE,
    enquirerId: `question-${asked}`,
    created,
    expire: created + 5 * MINUTE,
    ...rest,
    text: typeof text === "string" ? text : writeSrml(text),
  });
}

/** What a request says where a test does not say otherwise. */
export const PLAIN_REQUEST = { Text: "<srml><h1>Open pod bay doors</h1></srml>", FromID: BANK, ToID: ALICE };

/** A TBSRequest with exactly these members, by a peer that shares no code with ours. `typ` null leaves it out. */
export function foreignRequest(
  key: ForeignKey,
  body: object = PLAIN_REQUEST,
  typ: string | null = "confirm-tbs-request+jws",
): Jws {
  const header = { alg: "ES256", ...(typ === null ? {} : { typ }), jwk: key.jwk };
  return foreignGeneral(key, header, JSON.stringify({ TBSRequest: body }));
}

/** The same for an answer. */
export function foreignResponse(key: ForeignKey, body: object, typ: string | null = "confirm-tbs-response+jws"): Jws {
  const header = { alg: "ES256", ...(typ === null ? {} : { typ }), jwk: key.jwk };
  return foreignGeneral(key, header, JSON.stringify({ TBSResponse: body }));
}

/** The profile of a device, by its own key. */
export async function profileOf(key: SigningKey, account = ALICE, pair?: CryptoKeyPair): Promise<Jws> {
  const encryptionKey = await encryptionJwkOf(pair ?? (await newEncryptionPair({ extractable: true })));
  return signDeviceProfile(key, { account, encryptionKey, created: SOME_TIME });
}

/** The same JWS with one bit of its signature flipped, still canonical base64url. */
export function flippedSignature(jws: Jws): Jws {
  return { ...jws, signatures: jws.signatures.map((one) => ({ ...one, signature: flipped(one.signature) })) };
}

/** The same JWS with one bit of its payload flipped. */
export function flippedPayload(jws: Jws): Jws {
  return { ...jws, payload: flipped(jws.payload) };
}

function flipped(encoded: string): string {
  const bytes = Buffer.from(encoded, "base64url");
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  return bytes.toString("base64url");
}
