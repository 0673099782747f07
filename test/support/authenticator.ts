/**
 * An authenticator as WebAuthn has it, by node:crypto: it makes a credential and signs assertions, each part of which a test
 * may have otherwise.
 */
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { importPresenceKey, jwkOfSpki, type PresenceKey } from "../../src/crypto/index.ts";
import type { PresenceAssertion, PresenceKey as PresenceKeyBody } from "../../src/protocol/index.ts";

const ORIGIN = "chrome-extension://cphppkjpalokfidedekdpmdokfddaidd";

export interface Changes {
  /** Members of the client data; undefined takes one away. */
  readonly client?: Readonly<Record<string, unknown>>;
  readonly flags?: number;
  readonly rpId?: string;
  /** Changes the authenticator's data before it is signed. */
  readonly data?: (data: Buffer) => Buffer;
  readonly credentialId?: string;
}

export interface Authenticator {
  readonly body: PresenceKeyBody;
  readonly key: PresenceKey;
  /** The assertion over a challenge. */
  readonly assert: (challenge: string, changes?: Changes) => PresenceAssertion;
}

const sha256 = (data: Buffer | string): Buffer => createHash("sha256").update(data).digest();

/** Plugs in an authenticator with a new credential. */
export async function newAuthenticator(more: Partial<PresenceKeyBody> = {}): Promise<Authenticator> {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
  const CredentialID = sha256(Buffer.from(spki)).toString("base64url");
  const body = { RpId: ORIGIN, Origin: ORIGIN, CredentialID, JWK: await jwkOfSpki(spki), ...more };
  return {
    body,
    key: await importPresenceKey(body),
    assert: (
      challenge,
      { client = {}, flags = 0b101, rpId = body.RpId, data = (same: Buffer) => same, credentialId } = {},
    ) => {
      const said = { type: "webauthn.get", challenge, origin: body.Origin, crossOrigin: false, ...client };
      const clientData = Buffer.from(JSON.stringify(said));
      const authenticator = data(Buffer.concat([sha256(rpId), Buffer.from([flags, 0, 0, 0, 7])]));
      const signature = sign("sha256", Buffer.concat([authenticator, sha256(clientData)]), privateKey);
      return {
        CredentialID: credentialId ?? body.CredentialID,
        AuthenticatorData: authenticator.toString("base64url"),
        ClientDataJSON: clientData.toString("base64url"),
        Signature: signature.toString("base64url"),
      };
    },
  };
}
