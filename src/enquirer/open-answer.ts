/**
 * The answer as it was signed: out of its envelope where the request was encrypted. A secret question that is answered
 * in clear, and an envelope around the answer to a clear one, are not what was asked for, and do not count.
 */
import { CryptoError, decryptionKeyOf, decryptJws, importPair, TYP } from "../crypto/index.ts";
import { isJwe, type Jws, type JwsOrJwe, ProtocolError } from "../protocol/index.ts";
import { EnquirerError } from "./errors.ts";
import type { Posted } from "./types.ts";

/** @throws EnquirerError `untrusted_answer` */
export async function openAnswer({ replyKey }: Posted, response: JwsOrJwe): Promise<Jws> {
  if (replyKey === undefined) {
    if (isJwe(response)) throw untrusted("The answer is encrypted, though the request was not. It does not count.");
    return response;
  }
  if (!isJwe(response)) throw untrusted("The request was encrypted, and its answer came in clear. It does not count.");
  try {
    const key = await decryptionKeyOf(await importPair(replyKey, "derive"));
    return await decryptJws(response, TYP.response, key);
  } catch (error) {
    if (error instanceof CryptoError || error instanceof ProtocolError) {
      throw untrusted(`The answer cannot be decrypted. ${error.message}`);
    }
    throw error;
  }
}

function untrusted(sentence: string): EnquirerError {
  return new EnquirerError("untrusted_answer", sentence);
}
