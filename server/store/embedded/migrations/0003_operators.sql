-- Operators, links and tokens: one roster with one version, see operator.Store.
CREATE TABLE roster (
	one     INTEGER PRIMARY KEY CHECK (one = 1),
	version INTEGER NOT NULL,
	change  TEXT NOT NULL -- the id of the last change
) STRICT;
INSERT INTO roster (one, version, change) VALUES (1, 0, '');

CREATE TABLE operators (
	id      TEXT PRIMARY KEY,
	content BLOB NOT NULL -- JSON of operator.Record
) STRICT, WITHOUT ROWID;
CREATE TABLE links (
	hash    TEXT PRIMARY KEY,
	content BLOB NOT NULL -- JSON of operator.Link
) STRICT, WITHOUT ROWID;
CREATE TABLE tokens (
	hash    TEXT PRIMARY KEY,
	content BLOB NOT NULL -- JSON of operator.Token
) STRICT, WITHOUT ROWID;

-- Times are milliseconds since 1970; what has passed is absent, and removed by a sweep.
CREATE TABLE sessions (
	hash     TEXT PRIMARY KEY,
	operator TEXT NOT NULL,
	until    INTEGER NOT NULL,
	content  BLOB NOT NULL -- JSON of operator.Session
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_operator ON sessions (operator);
CREATE INDEX sessions_by_until ON sessions (until);

CREATE TABLE attempts (
	key   TEXT PRIMARY KEY,
	count INTEGER NOT NULL,
	until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_by_until ON attempts (until);

-- The audit log. Numbers and times only ever grow.
CREATE TABLE audit (
	number  INTEGER PRIMARY KEY,
	at      INTEGER NOT NULL,
	id      TEXT NOT NULL UNIQUE,
	actor   TEXT NOT NULL,
	owner   TEXT NOT NULL, -- the operator whose token it was
	action  TEXT NOT NULL,
	site    TEXT NOT NULL,
	content BLOB NOT NULL -- JSON of operator.Entry
) STRICT;
CREATE INDEX audit_by_at ON audit (at, number);
CREATE INDEX audit_by_actor ON audit (actor, number);
CREATE INDEX audit_by_owner ON audit (owner, number) WHERE owner <> '';
CREATE INDEX audit_by_action ON audit (action, number);
CREATE INDEX audit_by_site ON audit (site, number) WHERE site <> '';
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log never changes'); END;
CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log never changes'); END;
