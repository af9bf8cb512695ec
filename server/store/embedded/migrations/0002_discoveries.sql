-- What pages met and a site does not say: discovery.Store.
CREATE TABLE discoveries (
	site  TEXT NOT NULL,
	day   TEXT NOT NULL, -- YYYY-MM-DD in UTC
	name  TEXT NOT NULL, -- discovery.Finding and the sample in force
	value INTEGER NOT NULL,
	PRIMARY KEY (site, day, name)
) STRICT, WITHOUT ROWID;
