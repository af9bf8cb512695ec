-- One row a site: what marketers edit, and the number of changes so far.
CREATE TABLE sites (
	key     TEXT PRIMARY KEY,
	version INTEGER NOT NULL,
	record  BLOB NOT NULL -- JSON of site.Record
) STRICT, WITHOUT ROWID;

-- Revisions never change.
CREATE TABLE revisions (
	site    TEXT NOT NULL,
	number  INTEGER NOT NULL,
	content BLOB NOT NULL, -- JSON of site.Revision
	PRIMARY KEY (site, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE publications (
	id      INTEGER PRIMARY KEY, -- the order of the acts
	site    TEXT NOT NULL,
	content BLOB NOT NULL -- JSON of site.Publication
) STRICT;
CREATE INDEX publications_by_site ON publications (site, id);

-- What is current of a visitor. Times are milliseconds since 1970; what has
-- passed is treated as absent, and removed by a sweep. next is the earlier of
-- the times that still lie ahead of the last sweep.
CREATE TABLE visitors (
	site          TEXT NOT NULL,
	visitor       BLOB NOT NULL,
	state         BLOB NOT NULL, -- consent.State, packed
	state_until   INTEGER NOT NULL,
	history_until INTEGER NOT NULL,
	next          INTEGER NOT NULL,
	PRIMARY KEY (site, visitor)
) STRICT, WITHOUT ROWID;
CREATE INDEX visitors_by_next ON visitors (next);

-- Every decision, as long as the visitor's history is held.
CREATE TABLE decisions (
	site    TEXT NOT NULL,
	visitor BLOB NOT NULL,
	id      BLOB NOT NULL,
	entry   BLOB NOT NULL, -- consent.Entry, packed
	PRIMARY KEY (site, visitor, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE counts (
	site  TEXT NOT NULL,
	day   TEXT NOT NULL, -- YYYY-MM-DD in UTC
	name  TEXT NOT NULL,
	value INTEGER NOT NULL,
	PRIMARY KEY (site, day, name)
) STRICT, WITHOUT ROWID;

-- Secret keys of the installation.
CREATE TABLE keys (
	name  TEXT PRIMARY KEY,
	value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
