/**
 * Wrong codes (design §7): a code has six digits, so it must not be guessed at. After two wrong ones of an account within
 * an hour no code is asked of it until the hour is over; the file survives a restart.
 */
import { join } from "node:path";
import { type RecordFile, recordFile } from "../node/index.ts";
import { AccountId, BrokerId, integer, list, object, type ReadOf } from "../protocol/index.ts";
import { EnquirerError } from "./errors.ts";

const PERIOD_MS = 3600_000;
const MOST = 2;

const WrongCodes = object({
  wrong: list(object({ account: AccountId, brokerId: BrokerId, at: integer(0, Number.MAX_SAFE_INTEGER) }), 0, 10_000),
});
export type WrongCodes = ReadOf<typeof WrongCodes>;

interface Memory {
  readonly wrongCodes: RecordFile<WrongCodes>;
  readonly clock: () => number;
}

/** The wrong codes that a home folder remembers. */
export function wrongCodesFile(home: string): RecordFile<WrongCodes> {
  return recordFile(join(home, "wrong-codes.json"), WrongCodes, { wrong: [] });
}

/** @throws EnquirerError `code_locked` */
export async function requireCodesLeft({ wrongCodes, clock }: Memory, account: string): Promise<void> {
  const { wrong } = await wrongCodes.read();
  const recent = wrong.filter((one) => one.account === account && one.at > clock() - PERIOD_MS);
  if (recent.length < MOST) return;
  const until = new Date(Math.min(...recent.slice(-MOST).map((one) => one.at)) + PERIOD_MS).toISOString();
  throw new EnquirerError(
    "code_locked",
    `${account} typed ${MOST} wrong codes within an hour. No code is asked of it until ${until}; find out who is typing.`,
  );
}

/** Notes a wrong code, once for each request. */
export async function noteWrongCode({ wrongCodes, clock }: Memory, account: string, brokerId: string): Promise<void> {
  const now = clock();
  await wrongCodes.change(({ wrong }) => {
    const kept = wrong.filter((one) => one.at > now - PERIOD_MS);
    const isKnown = kept.some((one) => one.brokerId === brokerId);
    return { wrong: isKnown ? kept : [...kept, { account, brokerId, at: now }] };
  });
}
