/** What verifying found: each thing that is not as it was, said so that an operator knows where to look. */

export type ProblemCode =
  /** A record does not have the hash that it says. */
  | "altered"
  /** Records in the middle are not there. */
  | "missing"
  /** Records at the end are not there. */
  | "truncated"
  /** Another record stands where a checkpoint or a stamp saw one. */
  | "rewritten"
  /** A chain that was there is not. */
  | "chain_missing"
  /** The records that a chain begins behind were moved out, and no checkpoint says so. */
  | "beginning"
  /** They are needed, or what is given as them is not what was moved out. */
  | "moved"
  /** A checkpoint is forged, or of another service. */
  | "checkpoint"
  /** A stamp is forged, of another service, or from before the log. */
  | "stamp"
  /** A request, answer or device is not as its record says. */
  | "contradicted"
  /** A record of a request that is not there. */
  | "row_missing"
  /** A request, its end, or a device, of which there is no record. */
  | "unrecorded"
  /** A text or an answer is not the one that its digest is of. */
  | "body";

export interface Problem {
  readonly code: ProblemCode;
  /** Where the record stands that shows it. */
  readonly writer?: string;
  readonly sequence?: number;
  /** A sentence. */
  readonly detail: string;
}

/** So many are listed; all are counted. */
const MOST_LISTED = 50;

export class Findings {
  readonly problems: Problem[] = [];
  count = 0;

  add(problem: Problem): void {
    this.count += 1;
    if (this.problems.length < MOST_LISTED) this.problems.push(problem);
  }
}
