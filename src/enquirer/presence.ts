/**
 * Keys for presence: which of them a yes may be proved with. A device that signs a new one into its profile proves nothing,
 * because the proof is to hold against whoever has the device's key; so the first is stored, and another is an alarm.
 */
import { formatTime, type Jws } from "../protocol/index.ts";
import type { LineOptions } from "./broker-line.ts";
import type { Answerer } from "./devices.ts";
import { EnquirerError } from "./errors.ts";
import type { AnswererRule } from "./types.ts";

/**
 * The profiles with the keys that may prove presence; what is taken on first use is stored.
 *
 * @throws EnquirerError `no_presence` where there is none
 */
export async function presenceProfiles(
  line: Pick<LineOptions, "pins" | "clock" | "notice">,
  account: string,
  rule: AnswererRule,
  allowed: readonly Answerer[],
): Promise<readonly Jws[]> {
  const profiles: Jws[] = [];
  for (const { kid: device, presence, named } of allowed) {
    profiles.push(...presence.map((one) => one.profile));
    const kid = named?.presence?.key.kid;
    if (named === undefined || kid === undefined || presence.some((one) => one.key.key.kid === kid)) continue;
    if (rule.trustOnFirstUse === true && presence.length === 0 && (await isFirst(line, account, device, kid))) {
      profiles.push(named.jws);
    } else line.notice({ kind: "unpinned_presence", account, device, kid });
  }
  if (profiles.length > 0) return profiles;
  throw new EnquirerError(
    "no_presence",
    `No device of ${account} that may answer has a key for presence that counts here. The user sets one up in the settings; ` +
      "compare its fingerprint and pin it, or allow trust on first use.",
  );
}

/** Stores the first key of a device; false where another was stored before. */
async function isFirst(
  line: Pick<LineOptions, "pins" | "clock" | "notice">,
  account: string,
  device: string,
  kid: string,
): Promise<boolean> {
  const pin = { account, device, kid, how: "first-use", added: formatTime(line.clock()) } as const;
  let held: string | undefined;
  await line.pins.change((pins) => {
    held = pins.presence.find((one) => one.account === account && one.device === device)?.kid;
    return held === undefined ? { ...pins, presence: [...pins.presence, pin] } : pins;
  });
  if (held === undefined) line.notice({ kind: "presence_first_use", account, device, kid });
  return held === undefined || held === kid;
}

/** Stores the key for presence of a device, whose fingerprint was compared. */
export async function pinPresence(
  line: Pick<LineOptions, "pins" | "clock">,
  account: string,
  device: string,
  kid: string,
): Promise<void> {
  const pin = { account, device, kid, how: "pinned", added: formatTime(line.clock()) } as const;
  await line.pins.change((pins) => ({
    ...pins,
    presence: [...pins.presence.filter((one) => one.account !== account || one.device !== device), pin],
  }));
}
