/** The broker's stamp for the receipt: kept where it holds, and is by the broker's pinned key. The answer stands without it. */
import type { FlattenedJws } from "../protocol/index.ts";
import { ReceiptError, type VerifiedAnswer, verifyStamp } from "../receipt/index.ts";
import { type LineOptions, serviceKids } from "./broker-line.ts";

/** The member `Stamp` of a receipt; nothing where there is no stamp that would hold later, and then the caller is told. */
export async function keptStamp(
  line: LineOptions,
  stamp: FlattenedJws | undefined,
  answer: VerifiedAnswer,
): Promise<{ readonly Stamp?: FlattenedJws }> {
  if (stamp === undefined) return {};
  try {
    const { signer } = await verifyStamp(stamp, answer);
    if ((await serviceKids(line)).includes(signer.kid)) return { Stamp: stamp };
    line.notice({ kind: "stamp_dropped", why: "It is not by the broker's pinned key." });
  } catch (error) {
    if (!(error instanceof ReceiptError)) throw error;
    line.notice({ kind: "stamp_dropped", why: error.message });
  }
  return {};
}
