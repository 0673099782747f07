/** Keys, fingerprints, signed and encrypted objects, authenticated calls. The only importer of jose. Public as `mesh-confirm/crypto`. */
export type { SignatureAlgorithm } from "./algorithms.ts";
export {
  CALL_CONTENT_TYPE,
  openAnswer,
  type OpenedAnswer,
  openCall,
  type OpenedCall,
  readCall,
  type ReadCall,
  sealAnswer,
  sealCall,
  type SealedCall,
} from "./call.ts";
export {
  deviceProofParts,
  newConnectCode,
  parseConnectCode,
  proveCode,
  serviceProofParts,
  showConnectCode,
  verifyCodeProof,
} from "./connect-proof.ts";
export { verifyDer } from "./der-signature.ts";
export { type NewDeviceProfile, openDeviceProfile, signDeviceProfile, type VerifiedProfile } from "./device-profile.ts";
export { type DecryptionKey, decryptionKeyOf, type EncryptionKey, importEncryptionKey } from "./encryption-key.ts";
export { CryptoError, type CryptoErrorCode } from "./errors.ts";
export type { HeldKey } from "./header.ts";
export { checkJwe, decryptJws, encryptJws, jweDigest } from "./jwe.ts";
export {
  encryptionJwkOf,
  exportPair,
  importPair,
  newEncryptionPair,
  newSigningPair,
  type PrivateJwk,
  type SigningKey,
  signingKeyOf,
} from "./keys.ts";
export { type Handover, openNextServiceKey, signNextServiceKey, successorsOf } from "./next-service-key.ts";
export { importPresenceKey, jwkOfSpki, type PresenceKey } from "./presence-key.ts";
export { importPublicKey, readPublicKey, type VerifyKey } from "./public-key.ts";
export { matchCommitment, type MatchSecret, newMatchSecret } from "./match.ts";
export { type NewRequest, openRequest, requestDigest, signRequest, type VerifiedRequest } from "./request.ts";
export { type NewResponse, openResponse, responsePayload, signResponse, type VerifiedResponse } from "./response.ts";
export { type NewRevocation, openRevocation, signRevocation, type VerifiedRevocation } from "./revocation.ts";
export { type Sha256, webSha256 } from "./sha256.ts";
export { type NewStamp, openStamp, signStamp, type VerifiedStamp } from "./stamp.ts";
export { TYP } from "./signed.ts";
export { fingerprint, newBrokerId } from "./udf.ts";
