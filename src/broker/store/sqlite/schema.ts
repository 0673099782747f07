/**
 * The tables, as steps that are each applied once. A step is never changed after a release: another is added.
 * Bodies stand apart from the rows that change state, so that a transition rewrites a few bytes and not the request.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;

  CREATE TABLE accounts (
    account TEXT PRIMARY KEY,
    created INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE codes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    code TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    spent_by TEXT
  ) STRICT;
  CREATE INDEX codes_by_account ON codes (account);

  CREATE TABLE devices (
    account TEXT NOT NULL,
    kid TEXT NOT NULL,
    name TEXT NOT NULL,
    signing_key TEXT NOT NULL,
    profile TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'pending', 'revoked')),
    created INTEGER NOT NULL,
    PRIMARY KEY (account, kid)
  ) STRICT;
  CREATE INDEX devices_by_kid ON devices (kid);

  CREATE TABLE enquirers (
    kid TEXT PRIMARY KEY,
    jwk TEXT NOT NULL,
    name TEXT NOT NULL,
    created INTEGER NOT NULL
  ) STRICT;

  -- Rows are never deleted, because a digest is remembered for ever: so a sequence number is never used again.
  CREATE TABLE requests (
    seq INTEGER PRIMARY KEY,
    broker_id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    digest TEXT NOT NULL,
    signer_kid TEXT NOT NULL,
    verified INTEGER NOT NULL,
    posted_by TEXT,
    enquirer_id TEXT,
    enquirer_id_signed INTEGER NOT NULL,
    from_id TEXT NOT NULL,
    draft TEXT NOT NULL CHECK (draft IN ('00', '01')),
    received INTEGER NOT NULL,
    expire INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('PENDING', 'REPLY', 'REFUSED', 'ECANCEL', 'BCANCEL', 'EXPIRED')),
    settled INTEGER,
    settled_by TEXT,
    UNIQUE (account, digest)
  ) STRICT;
  CREATE UNIQUE INDEX requests_by_enquirer_id ON requests (signer_kid, enquirer_id) WHERE enquirer_id IS NOT NULL;
  CREATE INDEX requests_pending ON requests (account, seq) WHERE state = 'PENDING';
  CREATE INDEX requests_due ON requests (expire) WHERE state = 'PENDING';

  CREATE TABLE request_bodies (
    seq INTEGER PRIMARY KEY,
    request TEXT NOT NULL
  ) STRICT;

  CREATE TABLE answers (
    seq INTEGER PRIMARY KEY,
    digest TEXT NOT NULL,
    received INTEGER NOT NULL,
    response TEXT NOT NULL
  ) STRICT;

  CREATE TABLE calls (
    kid TEXT NOT NULL,
    jti TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (kid, jti)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX calls_by_until ON calls (until);
  `,
  `
  ALTER TABLE devices ADD COLUMN last_seen INTEGER;
  ALTER TABLE devices ADD COLUMN asked TEXT;
  ALTER TABLE devices ADD COLUMN endorsement TEXT;
  ALTER TABLE devices ADD COLUMN endorsed_by TEXT;
  ALTER TABLE devices ADD COLUMN revocation TEXT;
  `,
  `
  -- The keys of senders that have more than one algorithm to choose from, with the one that they were first seen with.
  CREATE TABLE senders (
    kid TEXT PRIMARY KEY,
    jwk TEXT NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE policies (
    account TEXT PRIMARY KEY,
    block TEXT NOT NULL,
    allow TEXT NOT NULL,
    allow_only INTEGER NOT NULL
  ) STRICT;

  -- Whose requests an account rejected lately, and until when it is not asked by them.
  CREATE TABLE strikes (
    account TEXT NOT NULL,
    kid TEXT NOT NULL,
    rejected TEXT NOT NULL,
    rounds INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (account, kid)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- The keys that followed the first one, which is in meta, each with the handover that its predecessor signed.
  CREATE TABLE service_keys (
    place INTEGER PRIMARY KEY,
    jwk TEXT NOT NULL,
    handover TEXT NOT NULL,
    since INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- A profile with other keys that another device is to let in; and the endorsement of the last one that was.
  ALTER TABLE devices ADD COLUMN wanted TEXT;
  ALTER TABLE devices ADD COLUMN change TEXT;
  ALTER TABLE devices ADD COLUMN changed_by TEXT;
  `,
  `
  -- The audit log: chains of records, and the service's signed word on where they ended. Where a chain begins is its base.
  CREATE TABLE chains (
    chain INTEGER PRIMARY KEY,
    writer TEXT NOT NULL UNIQUE,
    base_seq INTEGER NOT NULL DEFAULT 0,
    base_hash TEXT NOT NULL DEFAULT '',
    moved_at INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE audit (
    chain INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    request INTEGER NOT NULL,
    subject TEXT NOT NULL,
    kid TEXT NOT NULL,
    value TEXT NOT NULL,
    by_kid TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (chain, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE checkpoints (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    created INTEGER NOT NULL,
    checkpoint TEXT NOT NULL
  ) STRICT;

  ALTER TABLE answers ADD COLUMN audit_writer TEXT;
  ALTER TABLE answers ADD COLUMN audit_seq INTEGER;
  ALTER TABLE answers ADD COLUMN audit_hash TEXT;

  -- Goes into the hash by which records tell the account, and goes with it.
  ALTER TABLE accounts ADD COLUMN salt TEXT NOT NULL DEFAULT '';
  UPDATE accounts SET salt = lower(hex(randomblob(16)));

  -- The last request of which the log knows no beginning.
  INSERT INTO meta (name, value) SELECT 'audit_from', CAST(coalesce(max(seq), 0) AS TEXT) FROM requests;
  `,
  `
  -- Codes that are over are looked for every second.
  CREATE INDEX codes_by_expires ON codes (expires);
  `,
  `
  ALTER TABLE requests ADD COLUMN sum INTEGER;
  ALTER TABLE request_bodies ADD COLUMN sum INTEGER;
  ALTER TABLE answers ADD COLUMN sum INTEGER;
  `,
  `
  -- What the service signed when the answer came, by which of its keys: base64url.
  ALTER TABLE answers ADD COLUMN stamp_kid TEXT;
  ALTER TABLE answers ADD COLUMN stamp TEXT;
  ALTER TABLE answers ADD COLUMN stamp_sum INTEGER;
  `,
];
