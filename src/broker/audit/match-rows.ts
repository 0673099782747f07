/** Holds what the tables say now against the records: every request, end and device must have one, and each body its digest. */
import { CryptoError, jweDigest, requestDigest } from "../../crypto/index.ts";
import { nodePrimitives } from "../../node/index.ts";
import { isJwe, type JwsOrJwe, ProtocolError } from "../../protocol/index.ts";
import { accountHash, type AuditedBodies, type AuditReader } from "../store/index.ts";
import type { Findings } from "./findings.ts";
import type { Marks } from "./marks.ts";

/** Bodies are large. */
const PAGE = 200;

/** What the records could not say, because they are elsewhere or because there was no log. */
export interface Before {
  /** The last request from before the log. */
  readonly request: number;
  /** When the log began; undefined where that record was moved out and is not given. */
  readonly log: number | undefined;
  /** What is not later than this may be among the records that were moved out and are not given. */
  readonly movedAt: number;
}

interface Known {
  readonly reader: AuditReader;
  readonly marks: Marks;
  readonly findings: Findings;
  readonly before: Before;
  /** Told how many were held against the log. */
  readonly onRows: (count: number) => void;
}

/** @returns how many could not be held against the log */
export async function matchRequests(known: Known): Promise<number> {
  const { reader, findings } = known;
  let unchecked = 0;
  for (let after = 0; ;) {
    const page = await reader.auditedBodies(after, PAGE);
    for (const row of page) {
      after = row.sequence;
      if (!isRecorded(row, known)) unchecked += 1;
      for (const what of await wrongBodies(row)) {
        findings.add({ code: "body", detail: `request ${row.sequence}: ${what}` });
      }
    }
    known.onRows(page.length);
    if (page.length < PAGE) return unchecked;
  }
}

/** False where its records are elsewhere. */
function isRecorded(row: AuditedBodies, { marks, findings, before }: Known): boolean {
  const { sequence, received, state, settled } = row;
  const miss = (what: string): void => {
    findings.add({ code: "unrecorded", detail: `request ${sequence}: ${what} is not in the log` });
  };
  const isOld = sequence <= before.request;
  if (!isOld && !marks.isPosted(sequence)) {
    if (received <= before.movedAt) return false;
    miss("that it came");
  }
  if (state === "PENDING" || marks.endOf(sequence) !== undefined) return true;
  if (settled !== undefined && settled <= before.movedAt) return false;
  // Of what was there before the log, one cannot tell when it ended.
  const isOlder = isOld && (before.log === undefined || (settled ?? 0) <= before.log);
  if (!isOlder) miss(`that it ended, as ${state},`);
  return true;
}

async function wrongBodies({ state, digest, request, response, answer }: AuditedBodies): Promise<readonly string[]> {
  const wrong: string[] = [];
  if (request === undefined && state === "PENDING") wrong.push("its text is gone, though it is pending");
  if (request !== undefined && (await digestOf(request)) !== digest) wrong.push("its text was altered");
  if ((answer !== undefined) !== (state === "REPLY")) wrong.push("it has an answer and is not REPLY, or the other way");
  if (response !== undefined && (await digestOf(response)) !== answer?.digest) wrong.push("its answer was altered");
  return wrong;
}

/** Undefined where it is no longer of the form. */
async function digestOf(body: JwsOrJwe): Promise<string | undefined> {
  try {
    return await (isJwe(body) ? jweDigest(body, nodePrimitives) : requestDigest(body, nodePrimitives));
  } catch (error) {
    if (error instanceof CryptoError || error instanceof ProtocolError || error instanceof TypeError) return undefined;
    throw error;
  }
}

export async function matchDevices({ reader, marks, findings, before }: Known): Promise<void> {
  for (let last = { account: "", kid: "" }; ;) {
    const page = await reader.auditedDevices(last.account, last.kid, PAGE);
    for (const { account, kid, salt, state, created } of page) {
      last = { account, kid };
      const recorded = marks.deviceState(accountHash(salt, account), kid);
      if (recorded === state) continue;
      const isBefore = created <= before.movedAt || before.log === undefined || created < before.log;
      if (recorded === undefined && isBefore) continue;
      const detail =
        recorded === undefined
          ? `device ${kid} of ${account} is not in the log`
          : `device ${kid} of ${account} is ${state}, and the log says ${recorded}`;
      findings.add({ code: recorded === undefined ? "unrecorded" : "contradicted", detail });
    }
    if (page.length < PAGE) return;
  }
}
