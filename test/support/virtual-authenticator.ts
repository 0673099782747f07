/** A virtual authenticator in Chromium, which asks its user for nothing and says that it did. */
import type { CDPSession, Page } from "playwright-core";

export interface VirtualAuthenticator {
  readonly session: CDPSession;
  readonly authenticatorId: string;
}

/** Plugs one into a page; each page has its own. */
export async function plugIn(page: Page, isUserVerified = true): Promise<VirtualAuthenticator> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      ...{ protocol: "ctap2", transport: "internal", hasResidentKey: true, automaticPresenceSimulation: true },
      ...{ hasUserVerification: true, isUserVerified },
    },
  });
  return { session, authenticatorId };
}
