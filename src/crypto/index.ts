/** Keys, fingerprints, signed and encrypted objects, authenticated calls. The only importer of jose. Public as `mesh-confirm/crypto`. */
export type { SignatureAlgorithm } from "./algorithms.ts";
export { CALL_CONTENT_TYPE, openAnswer, type OpenedAnswer, sealCall, type SealedCall } from "./call.ts";
export { openCall, type OpenedCall, readCall, type ReadCall, sealAnswer } from "./open-call.ts";
export { deviceProofParts, parseConnectCode, proveCode, serviceProofParts, verifyCodeProof } from "./connect-proof.ts";
export { newConnectCode, showConnectCode } from "./connect-code.ts";
export { verifyDer } from "./der-signature.ts";
export { type NewDeviceProfile, openDeviceProfile, signDeviceProfile, type VerifiedProfile } from "./device-profile.ts";
export { type DecryptionKey, decryptionKeyOf, type EncryptionKey, importEncryptionKey } from "./encryption-key.ts";
export { openCheckpoint, signCheckpoint, type VerifiedCheckpoint } from "./checkpoint.ts";
export { CryptoError, type CryptoErrorCode } from "./errors.ts";
export type { HeldKey } from "./header.ts";
export { checkJwe, decryptJws, encryptJws, jweDigest } from "./jwe.ts";
export { encryptionJwkOf, newEncryptionPair, newSigningPair, type SigningKey, signingKeyOf } from "./keys.ts";
export { exportPair, importPair, type PrivateJwk } from "./private-jwk.ts";
export { type Handover, openNextServiceKey, successorsOf } from "./next-service-key.ts";
export { signNextServiceKey } from "./hand-over.ts";
export { importPresenceKey, jwkOfSpki, type PresenceKey } from "./presence-key.ts";
export { importPublicKey, readPublicKey, type VerifyKey } from "./public-key.ts";
export { matchCommitment, type MatchSecret, newMatchSecret } from "./match.ts";
export { openRequest, requestDigest, type VerifiedRequest } from "./request.ts";
export { type NewRequest, signRequest } from "./sign-request.ts";
export { type NewResponse, openResponse, responsePayload, signResponse, type VerifiedResponse } from "./response.ts";
export { type NewRevocation, openRevocation, signRevocation, type VerifiedRevocation } from "./revocation.ts";
export { hasSignatureLength, type Primitives, webPrimitives } from "./primitives.ts";
export {
  type AuditPlace,
  type NewStamp,
  openStamp,
  signStamp,
  stampBy,
  unsignedStamp,
  type VerifiedStamp,
} from "./stamp.ts";
export { TYP } from "./signed.ts";
export { fingerprint } from "./udf.ts";
export { newBrokerId } from "./broker-id.ts";
