/**
 * This device's own profile, as its broker is told of it: with a new key for presence, or once more, so that the account's
 * other devices are asked again.
 */
import { encryptionJwkOf, signDeviceProfile } from "../../crypto/index.ts";
import type { Jws, PresenceKey } from "../../protocol/index.ts";
import { openStatements } from "../../receipt/index.ts";
import type { AccountKey } from "../../responder/index.ts";
import type { BrowserResponder } from "./responder.ts";

/** Tells the broker; `pending` where another device of the account has to let it in. @throws ClientError */
export async function tellProfile(
  responder: BrowserResponder,
  account: AccountKey,
  presence: PresenceKey | undefined,
): Promise<"active" | "pending"> {
  const { deviceName } = responder.member(account).stored;
  return responder.broker.connect(account, deviceName, await ownProfile(responder, account, presence));
}

/** What this device says of itself, signed now. */
export async function ownProfile(
  { member }: Pick<BrowserResponder, "member">,
  account: AccountKey,
  presence: PresenceKey | undefined = member(account).stored.presence?.key,
): Promise<Jws> {
  const { stored, who } = member(account);
  return signDeviceProfile(who.key, {
    account: stored.account,
    encryptionKey: await encryptionJwkOf(stored.encryption),
    created: Date.now(),
    ...(presence === undefined ? {} : { presence }),
  });
}

/** Has the other devices asked again, where the question before was not answered. @throws ClientError */
export async function askAgain(responder: BrowserResponder, account: AccountKey): Promise<boolean> {
  const { presence } = responder.member(account).stored;
  const state = await tellProfile(responder, account, presence?.key);
  if (presence !== undefined) await responder.setPresence(account, { ...presence, waits: state === "pending" });
  return true;
}

/** Notes that another device has let in a key for presence that waited for it. @throws ClientError */
export async function noteCounted(responder: BrowserResponder, account: AccountKey): Promise<void> {
  const { stored, who } = responder.member(account);
  const { presence } = stored;
  if (presence?.waits !== true) return;
  const signed = { endorsements: await responder.broker.endorsements(account), revocations: [] };
  const isIn = (await openStatements(signed)).endorsements.some(
    ({ value, device }) =>
      value && device.signingKey.kid === who.key.kid && device.presence?.credentialId === presence.key.CredentialID,
  );
  if (isIn) await responder.setPresence(account, { ...presence, waits: false });
}
