/** The sizes and times that every side enforces. Bytes unless the name says otherwise. */
export const LIMITS = {
  /** A whole message, HTTP body or push frame. */
  messageBytes: 64 * 1024,
  /** The signed request inside an Enquire, as JSON. */
  requestBytes: 24 * 1024,
  /** An answer to Pending, to Profile, or a push frame: what a client reads at most. */
  answerBytes: 2 * 1024 * 1024,
  /** A receipt file: request, answer, profiles and endorsements. */
  receiptBytes: 1024 * 1024,
  /** A file of many receipts. */
  receiptsBytes: 64 * 1024 * 1024,
  /** The devices that one request can be encrypted for. */
  recipients: 16,
  /** Nesting of objects and arrays in one JSON text. */
  jsonDepth: 16,
  /** How far two clocks may be apart, in milliseconds. */
  clockSkewMs: 120_000,
  /** The longest signed life of a request, in milliseconds. */
  lifeMs: 7 * 24 * 3600_000,
  /** What a request lives that does not say how long, in milliseconds. */
  defaultLifeMs: 5 * 60_000,
  /** What a request without signed dates lives, in milliseconds. */
  undatedLifeMs: 24 * 3600_000,
  /** The longest `Wait` of a Status, in seconds. */
  waitSeconds: 60,
  /** Entries in one Pending answer. */
  pendingEntries: 100,
  /** Entries in one list of an account's policy: three lists fill no message. */
  policyEntries: 100,
  /** How long a request is on the screen, with nothing else changing, before an answer counts, in milliseconds. */
  armingMs: 600,
  /** A device's signed profile, as JSON: it must fit into the request to endorse it. */
  profileBytes: 8 * 1024,
  /** Devices that an account may ever have, revoked ones included: each revocation is told for ever. */
  devices: 128,
  /** How long the account's other devices may be asked to endorse a new one, in milliseconds. */
  endorseMs: 10 * 60_000,
  /** How long a connect code lives, in milliseconds. */
  connectCodeMs: 10 * 60_000,
} as const;
