/**
 * The schema, one step per version; `PRAGMA user_version` counts the steps done. Steps that were
 * released are never changed, only followed.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE histories (service TEXT PRIMARY KEY, history TEXT NOT NULL) STRICT;
  CREATE TABLE requests (id TEXT PRIMARY KEY, request TEXT NOT NULL) STRICT;
  CREATE TABLE removals (service TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
  CREATE TABLE journal (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    intent_id TEXT NOT NULL UNIQUE,
    service TEXT NOT NULL,
    intent TEXT NOT NULL,
    outcome TEXT
  ) STRICT;
  CREATE INDEX journal_of_service ON journal (service, position);
  CREATE INDEX journal_unfinished ON journal (position) WHERE outcome IS NULL;
  CREATE TABLE events (number INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL) STRICT;
  CREATE TABLE sequences (subject TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE core (instance_id TEXT PRIMARY KEY, memory TEXT NOT NULL) STRICT;
  `,
  `
  CREATE TABLE answers (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    answer TEXT NOT NULL
  ) STRICT;
  CREATE INDEX answers_by_age ON answers (at_ms, bytes);
  CREATE INDEX answers_of_owner ON answers (owner, at_ms);
  `,
  `
  ALTER TABLE journal ADD COLUMN workspace TEXT GENERATED ALWAYS AS (intent ->> '$.workspace') VIRTUAL;
  CREATE INDEX journal_of_workspace ON journal (workspace, position) WHERE workspace IS NOT NULL;
  `,
];
