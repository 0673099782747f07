/** Encrypted requests for tests: signed by one key, posted by the same or another, encrypted for whoever the test says. */
import { encryptionJwkOf, encryptJws, type EncryptionKey, type SigningKey, TYP } from "../../src/crypto/index.ts";
import type { Jwe, Jws } from "../../src/protocol/index.ts";
import { newDecryption, signedRequest } from "./signing.ts";

export type Reply = Awaited<ReturnType<typeof newDecryption>>;

export interface Secret {
  /** The request as it was signed. */
  readonly inner: Jws;
  readonly jwe: Jwe;
  /** What opens the answer. */
  readonly reply: Reply;
}

type Asked = NonNullable<Parameters<typeof signedRequest>[1]>;

/** A request as our enquirer encrypts it. */
export async function secretRequest(
  key: SigningKey,
  recipients: readonly EncryptionKey[],
  more: Asked = {},
): Promise<Secret> {
  const reply = await newDecryption();
  const inner = await signedRequest(key, { replyKey: await encryptionJwkOf(reply.pair), ...more });
  return { inner, jwe: await encryptJws(inner, TYP.request, recipients), reply };
}
