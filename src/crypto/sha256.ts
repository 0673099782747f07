/**
 * SHA-256 as an argument. WebCrypto is everywhere, but it hands each hash to another thread and back, which costs a busy
 * broker many times what a short hash costs; Node can compute it in place.
 */

/** The hash of `data`, 32 bytes. */
export type Sha256 = (data: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>;

/** By WebCrypto. */
export const webSha256: Sha256 = async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", data));
