/** From what a layer throws to an exit code and a sentence. What nobody expected is 4, with its message. */
import { BrokerError, StoreError } from "../broker/index.ts";
import { ClientError } from "../client/index.ts";
import { CryptoError } from "../crypto/index.ts";
import { EnquirerError } from "../enquirer/index.ts";
import { ProtocolError } from "../protocol/index.ts";
import { ReceiptError } from "../receipt/index.ts";
import { SrmlError } from "../srml/index.ts";
import { CliError, EXIT, type Exit } from "./exit.ts";

export interface Failure {
  readonly exit: Exit;
  /** The code of the layer that refused, for `--json`. */
  readonly code: string;
  readonly message: string;
}

/** Explains an error. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CliError) return { exit: error.exit, code: "cli", message: error.message };
  if (error instanceof EnquirerError) {
    const exit = error.code === "undeliverable" ? EXIT.undeliverable : EXIT.failed;
    return { exit, code: error.code, message: error.message };
  }
  if (error instanceof ClientError) return { exit: EXIT.undeliverable, code: error.code, message: error.message };
  if (error instanceof ReceiptError) return { exit: EXIT.no, code: error.code, message: error.message };
  const known = [ProtocolError, CryptoError, SrmlError, StoreError, BrokerError].some(
    (layer) => error instanceof layer,
  );
  if (known && error instanceof Error) {
    const code = "code" in error && typeof error.code === "string" ? error.code : "failed";
    return { exit: EXIT.failed, code, message: error.message };
  }
  return { exit: EXIT.failed, code: "internal", message: error instanceof Error ? error.message : String(error) };
}
