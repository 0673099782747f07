/** What an action was refused with: tests compare codes, never sentences. */
import { CryptoError } from "../../src/crypto/index.ts";
import { ProtocolError } from "../../src/protocol/index.ts";

/** The refusal that the action throws or rejects with; anything else that happens fails the test. */
export async function refusal(action: () => unknown): Promise<ProtocolError | CryptoError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof CryptoError) return error;
    throw error;
  }
  throw new Error("Nothing was refused.");
}

/** The code of that refusal. */
export async function refusalCode(action: () => unknown): Promise<string> {
  return (await refusal(action)).code;
}
