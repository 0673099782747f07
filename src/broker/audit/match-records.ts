/** Holds records against what the tables say now, and notes which requests and devices have any. */
import type { RequestStatus } from "../../protocol/index.ts";
import type { AuditedRequest, AuditReader, AuditRecord, DeviceState } from "../store/index.ts";
import type { Findings } from "./findings.ts";
import type { Marks } from "./marks.ts";

const DEVICE_EVENTS: Readonly<Partial<Record<AuditRecord["event"], DeviceState>>> = {
  device_active: "active",
  device_pending: "pending",
  device_revoked: "revoked",
};

const isEnd = (event: AuditRecord["event"]): event is Exclude<RequestStatus, "PENDING"> =>
  event === event.toUpperCase();

/** @param records - not more than are looked up at once */
export async function matchRecords(
  writer: string,
  records: readonly AuditRecord[],
  { reader, marks, findings }: { readonly reader: AuditReader; readonly marks: Marks; readonly findings: Findings },
): Promise<void> {
  const about = records.filter(({ event }) => event === "posted" || isEnd(event));
  const found = about.length === 0 ? [] : await reader.auditedRequests(about.map(({ request }) => request));
  const rows = new Map(found.map((row) => [row.sequence, row]));
  for (const record of records) {
    const { event, request, sequence } = record;
    const state = DEVICE_EVENTS[event];
    if (state !== undefined) marks.markDevice(record.subject, record.kid, state);
    const ends = isEnd(event);
    if (!ends && event !== "posted") continue;
    const isFirst = ends ? marks.markEnd(request, event) : marks.markPosted(request);
    const row = rows.get(request);
    const where = { writer, sequence };
    if (!isFirst) {
      findings.add({ code: "contradicted", ...where, detail: `request ${request} is recorded twice as ${event}` });
    } else if (row === undefined) {
      findings.add({ code: "row_missing", ...where, detail: `request ${request} is recorded, and is not there` });
    } else {
      const wrong = ends ? wrongEnd(row, { ...record, event }, writer) : wrongPost(row, record);
      for (const what of wrong) {
        const detail = `request ${request}: ${what} is not what record ${sequence} says`;
        findings.add({ code: "contradicted", ...where, detail });
      }
    }
  }
}

function wrongPost({ digest, signerKid, received }: AuditedRequest, record: AuditRecord): readonly string[] {
  return [
    ...(digest === record.subject ? [] : ["its digest"]),
    ...(signerKid === record.kid ? [] : ["who signed it"]),
    ...(received === record.at ? [] : ["when it came"]),
  ];
}

function wrongEnd(
  { digest, state, settled, settledBy, answer }: AuditedRequest,
  record: AuditRecord & { readonly event: RequestStatus },
  writer: string,
): readonly string[] {
  const { event, subject, at, by, value, sequence, hash } = record;
  const isReply = event === "REPLY";
  const place = answer?.place;
  const isHere = place?.writer === writer && place.sequence === sequence && place.hash === hash;
  return [
    ...(digest === subject ? [] : ["its digest"]),
    ...(state === event ? [] : [`its state, ${state},`]),
    ...(settled === at ? [] : ["when it ended"]),
    ...((settledBy ?? "") === by ? [] : ["who ended it"]),
    ...(!isReply || (answer?.digest === value && answer.received === at) ? [] : ["its answer"]),
    ...(!isReply || isHere ? [] : ["where its answer is said to be recorded"]),
  ];
}
