/** Why a broker does not start. What it says to callers is a {@link file://./refusal.ts Refusal} instead. */
export type BrokerErrorCode =
  /** The policy file is not one. */
  | "policy"
  /** Options that contradict each other, or one that is needed. */
  | "options"
  /** The certificate or its key cannot be used. */
  | "tls"
  /** The address is taken, or not this machine's. */
  | "listen";

/** A broker that cannot start. `message` is a sentence for the operator. */
export class BrokerError extends Error {
  override readonly name = "BrokerError";
  readonly code: BrokerErrorCode;

  constructor(code: BrokerErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
