export interface Migration {
  readonly about: string;
  readonly sql: string;
}

const ledgerTable = (name: string) => `
  CREATE TABLE ${name} (
    pk TEXT NOT NULL,
    sk TEXT NOT NULL,
    version INTEGER NOT NULL,
    value TEXT NOT NULL,
    ipk TEXT,
    isk TEXT,
    PRIMARY KEY (pk, sk)
  ) STRICT;
  CREATE INDEX ${name}_by_index ON ${name} (ipk, isk, pk, sk) WHERE ipk IS NOT NULL;`;

/** The schema's history: entry n brings a database from version n to n + 1, and is never changed once released. */
export const migrations: readonly Migration[] = [
  {
    about: 'The ledger with its audit chain and outbox, event deliveries and command queues.',
    sql: `
      ${ledgerTable('state')}
      ${ledgerTable('registry')}
      ${ledgerTable('audit')}
      CREATE TRIGGER audit_entries_are_never_changed BEFORE UPDATE ON audit WHEN old.pk <> 'heads'
        BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
      CREATE TRIGGER audit_entries_are_never_deleted BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;
      CREATE TABLE commits (token TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
      CREATE TABLE outbox (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        envelope TEXT NOT NULL,
        published INTEGER NOT NULL DEFAULT 0 CHECK (published IN (0, 1))
      ) STRICT;
      CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY,
        event_id TEXT NOT NULL,
        target TEXT NOT NULL,
        envelope TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        due REAL NOT NULL,
        state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'dead')),
        last_error TEXT,
        created REAL NOT NULL,
        UNIQUE (event_id, target)
      ) STRICT;
      CREATE TABLE delivered (
        event_id TEXT NOT NULL,
        target TEXT NOT NULL,
        PRIMARY KEY (event_id, target)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE commands (
        id INTEGER PRIMARY KEY,
        queue TEXT NOT NULL,
        event_id TEXT NOT NULL,
        envelope TEXT NOT NULL,
        visible_at REAL NOT NULL,
        UNIQUE (queue, event_id)
      ) STRICT;`,
  },
  {
    about: 'Metrics as time series, and indexes over what waits.',
    sql: `
      CREATE TABLE metrics (
        name TEXT NOT NULL,
        at INTEGER NOT NULL,
        value REAL NOT NULL,
        unit TEXT NOT NULL,
        dimensions TEXT NOT NULL
      ) STRICT;
      CREATE INDEX metrics_by_time ON metrics (name, at);
      CREATE INDEX outbox_pending ON outbox (seq) WHERE published = 0;
      CREATE INDEX deliveries_due ON deliveries (state, due);
      CREATE INDEX commands_visible ON commands (queue, visible_at);`,
  },
  {
    about: 'When appended records may vanish, and when outgoing events were committed.',
    sql: `
      ALTER TABLE state ADD COLUMN expires_at INTEGER;
      ALTER TABLE registry ADD COLUMN expires_at INTEGER;
      CREATE INDEX state_expiring ON state (expires_at) WHERE expires_at IS NOT NULL;
      CREATE INDEX registry_expiring ON registry (expires_at) WHERE expires_at IS NOT NULL;
      ALTER TABLE outbox ADD COLUMN committed_at INTEGER NOT NULL DEFAULT 0;`,
  },
  {
    about: 'When commit tokens may be forgotten; those of leases so far have outlived their use.',
    sql: `
      ALTER TABLE commits ADD COLUMN forgotten_at INTEGER;
      DELETE FROM commits WHERE token GLOB 'lease:*';
      CREATE INDEX commits_forgotten ON commits (forgotten_at) WHERE forgotten_at IS NOT NULL;`,
  },
];

/** The schema version this program reads and writes. */
export const SCHEMA_VERSION = migrations.length;
