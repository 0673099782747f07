/**
 * The tables, as steps that are each applied once; a step is never changed after a release: another is added. They are
 * those of the embedded engine, so that one set of scripts serves both. Names are compared byte by byte, whatever the
 * database's language, and so that a newer library of the system cannot disorder an index.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (
    name TEXT COLLATE "C" PRIMARY KEY,
    value TEXT NOT NULL
  );

  CREATE TABLE accounts (
    account TEXT COLLATE "C" PRIMARY KEY,
    created BIGINT NOT NULL
  );

  CREATE TABLE codes (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL,
    code TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    spent_by TEXT
  );
  CREATE INDEX codes_by_account ON codes (account);
  CREATE INDEX codes_by_expires ON codes (expires);

  CREATE TABLE devices (
    account TEXT COLLATE "C" NOT NULL,
    kid TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    signing_key TEXT NOT NULL,
    profile TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'pending', 'revoked')),
    created BIGINT NOT NULL,
    last_seen BIGINT,
    asked TEXT,
    wanted TEXT,
    endorsement TEXT,
    endorsed_by TEXT,
    change TEXT,
    changed_by TEXT,
    revocation TEXT,
    PRIMARY KEY (account, kid)
  );
  CREATE INDEX devices_by_kid ON devices (kid);

  CREATE TABLE enquirers (
    kid TEXT COLLATE "C" PRIMARY KEY,
    jwk TEXT NOT NULL,
    name TEXT NOT NULL,
    created BIGINT NOT NULL
  );

  CREATE TABLE senders (
    kid TEXT COLLATE "C" PRIMARY KEY,
    jwk TEXT NOT NULL
  );

  -- Rows are never deleted, because a digest is remembered for ever.
  CREATE TABLE requests (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    broker_id TEXT COLLATE "C" NOT NULL UNIQUE,
    account TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    signer_kid TEXT COLLATE "C" NOT NULL,
    verified SMALLINT NOT NULL,
    posted_by TEXT,
    enquirer_id TEXT COLLATE "C",
    enquirer_id_signed SMALLINT NOT NULL,
    from_id TEXT NOT NULL,
    draft TEXT NOT NULL CHECK (draft IN ('00', '01')),
    received BIGINT NOT NULL,
    expire BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('PENDING', 'REPLY', 'REFUSED', 'ECANCEL', 'BCANCEL', 'EXPIRED')),
    settled BIGINT,
    settled_by TEXT,
    UNIQUE (account, digest)
  );
  CREATE UNIQUE INDEX requests_by_enquirer_id ON requests (signer_kid, enquirer_id) WHERE enquirer_id IS NOT NULL;
  CREATE INDEX requests_pending ON requests (account, seq) WHERE state = 'PENDING';
  CREATE INDEX requests_due ON requests (expire) WHERE state = 'PENDING';

  CREATE TABLE request_bodies (
    seq BIGINT PRIMARY KEY,
    request TEXT NOT NULL
  );

  CREATE TABLE answers (
    seq BIGINT PRIMARY KEY,
    digest TEXT NOT NULL,
    received BIGINT NOT NULL,
    response TEXT NOT NULL
  );

  CREATE TABLE calls (
    kid TEXT COLLATE "C" NOT NULL,
    jti TEXT COLLATE "C" NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (kid, jti)
  );
  CREATE INDEX calls_by_until ON calls (until);

  CREATE TABLE policies (
    account TEXT COLLATE "C" PRIMARY KEY,
    block TEXT NOT NULL,
    allow TEXT NOT NULL,
    allow_only SMALLINT NOT NULL
  );

  CREATE TABLE strikes (
    account TEXT COLLATE "C" NOT NULL,
    kid TEXT COLLATE "C" NOT NULL,
    rejected TEXT NOT NULL,
    rounds BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (account, kid)
  );

  CREATE TABLE service_keys (
    place BIGINT PRIMARY KEY,
    jwk TEXT NOT NULL,
    handover TEXT NOT NULL,
    since BIGINT NOT NULL
  );
  `,
  `
  -- The audit log: chains of records, and the service's signed word on where they ended. Where a chain begins is its base.
  CREATE TABLE chains (
    chain INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    writer TEXT COLLATE "C" NOT NULL UNIQUE,
    base_seq BIGINT NOT NULL DEFAULT 0,
    base_hash TEXT NOT NULL DEFAULT '',
    moved_at BIGINT NOT NULL DEFAULT 0
  );

  CREATE TABLE audit (
    chain INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    request BIGINT NOT NULL,
    subject TEXT NOT NULL,
    kid TEXT NOT NULL,
    value TEXT NOT NULL,
    by_kid TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (chain, seq)
  );

  CREATE TABLE checkpoints (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created BIGINT NOT NULL,
    checkpoint TEXT NOT NULL
  );

  ALTER TABLE answers ADD COLUMN audit_writer TEXT;
  ALTER TABLE answers ADD COLUMN audit_seq BIGINT;
  ALTER TABLE answers ADD COLUMN audit_hash TEXT;

  -- Goes into the hash by which records tell the account, and goes with it.
  ALTER TABLE accounts ADD COLUMN salt TEXT NOT NULL DEFAULT '';
  UPDATE accounts SET salt = replace(CAST(gen_random_uuid() AS TEXT), '-', '');

  -- The last request of which the log knows no beginning.
  INSERT INTO meta (name, value) SELECT 'audit_from', CAST(coalesce(max(seq), 0) AS TEXT) FROM requests;
  `,
  `
  ALTER TABLE requests ADD COLUMN sum BIGINT;
  ALTER TABLE request_bodies ADD COLUMN sum BIGINT;
  ALTER TABLE answers ADD COLUMN sum BIGINT;
  `,
  `
  -- What the service signed when the answer came, by which of its keys: base64url.
  ALTER TABLE answers ADD COLUMN stamp_kid TEXT;
  ALTER TABLE answers ADD COLUMN stamp TEXT;
  ALTER TABLE answers ADD COLUMN stamp_sum BIGINT;
  `,
];
