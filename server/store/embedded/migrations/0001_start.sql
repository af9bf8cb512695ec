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

-- What is held of a visitor, in one row, so that a decision touches one page.
-- Times are milliseconds since 1970; what has passed is treated as absent, and
-- removed by a sweep. next is the earlier of the times that still lie ahead.
CREATE TABLE visitors (
	site          TEXT NOT NULL,
	visitor       BLOB NOT NULL,
	state         BLOB NOT NULL, -- consent.State, packed
	state_until   INTEGER NOT NULL,
	history       BLOB NOT NULL, -- consent.Entry, packed, all of them
	history_until INTEGER NOT NULL,
	next          INTEGER NOT NULL,
	PRIMARY KEY (site, visitor)
) STRICT, WITHOUT ROWID;
CREATE INDEX visitors_by_next ON visitors (next);

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
