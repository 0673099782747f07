/**
 * How much of everything one broker holds at once. What finds no room is refused, or the one that has held its place
 * longest without using it goes: `docs/security.md` has the table, and `test/broker/bounds/bounds.test.ts` holds the two
 * together.
 */
export interface Bounds {
  /** Calls under way, from their whole body to their answer. */
  readonly calls: number;
  /** Of these, those that ask for something new: the rest is for devices and for who waits for an answer. */
  readonly newcomers: number;
  /** Calls that wait, for news or for another server: they cost a socket and no work. */
  readonly parked: number;
  /** Sockets of callers; fewer where the system lets the process open fewer. */
  readonly sockets: number;
  /** TLS handshakes under way. */
  readonly handshakes: number;
  /** Push channels that are subscribed; fewer where there are fewer sockets. */
  readonly channels: number;
  /** Push channels without their first frame. */
  readonly openings: number;
  /** Push channels of one account. */
  readonly accountChannels: number;
  /** Bytes of bodies that are on their way in, of answers that are on their way out, of frames that channels did not take. */
  readonly bodyBytes: number;
  readonly answerBytes: number;
  readonly frameBytes: number;
}

const MIB = 1024 * 1024;

export const BOUNDS: Bounds = {
  calls: 256,
  newcomers: 128,
  parked: 10_000,
  sockets: 20_000,
  handshakes: 1000,
  channels: 15_000,
  openings: 1000,
  accountChannels: 64,
  bodyBytes: 64 * MIB,
  answerBytes: 64 * MIB,
  frameBytes: 64 * MIB,
};
