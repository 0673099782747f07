/** What can stand in the way of the audit log's upkeep. What verifying finds is no error: it is in the report. */
export type AuditErrorCode =
  /** A file of records that were moved out cannot be read as one. */
  | "file"
  /** There is nothing to do: no record, or none that is old enough. */
  | "nothing"
  /** The log does not verify, so none of it is moved. */
  | "broken";

export class AuditError extends Error {
  override readonly name = "AuditError";
  readonly code: AuditErrorCode;

  constructor(code: AuditErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
