/**
 * Ed25519 keys that verify what their owner never signed: the eight points of small order, for which anybody can make a
 * signature that fits, and y coordinates beyond the field, a second text for the same key (RFC 8032 §5.1.3 refuses those).
 * WebCrypto imports all of them.
 */

const PRIME = 2n ** 255n - 19n;
const ORDER_EIGHT = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
/** The y coordinates of the small-order points: of order 4, 1, 2, and twice 8. */
const SMALL_ORDER: ReadonlySet<bigint> = new Set([0n, 1n, PRIME - 1n, ORDER_EIGHT, PRIME - ORDER_EIGHT]);

/** True for a public key of 32 bytes that must not be trusted with a signature. */
export function isWeakEd25519(point: Uint8Array): boolean {
  let y = 0n;
  // Little-endian; the top bit is the sign of x.
  for (const [index, byte] of [...point].entries()) {
    y |= BigInt(index === 31 ? byte & 0x7f : byte) << BigInt(8 * index);
  }
  return y >= PRIME || SMALL_ORDER.has(y);
}
