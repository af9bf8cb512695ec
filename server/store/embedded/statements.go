package embedded

import (
	"context"
	"database/sql"
)

// readStatements run on any of the readers' connections.
type readStatements struct {
	site, versions, revision, publications, state, history, counts, discoveries *sql.Stmt

	prepared
}

// writeStatements run on the writer's connection.
type writeStatements struct {
	beginImmediate, commitAll, rollbackAll                          *sql.Stmt
	siteRecord, putSite, hasRevision, putRevision, putPublication   *sql.Stmt
	visitor, putVisitor, dropVisitor, expired                       *sql.Stmt
	raiseCount, dropCounts, putKey, key                             *sql.Stmt
	countDiscoveries, raiseDiscovery, putDiscovery, dropDiscoveries *sql.Stmt

	prepared
}

// prepared are statements that have to be closed before their connections:
// SQLite does not write its log back while a statement is open.
type prepared []*sql.Stmt

func (p prepared) close() {
	for _, statement := range p {
		_ = statement.Close() // what it did has its own error
	}
}

type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

func prepareReads(ctx context.Context, db preparer) (r readStatements, err error) {
	err = r.prepare(ctx, db, map[**sql.Stmt]string{
		&r.site:         "SELECT version, record FROM sites WHERE key = ?",
		&r.versions:     "SELECT key, version FROM sites",
		&r.revision:     "SELECT content FROM revisions WHERE site = ? AND number = ?",
		&r.publications: "SELECT content FROM publications WHERE site = ? ORDER BY id",
		&r.state:        "SELECT state FROM visitors WHERE site = ? AND visitor = ? AND state_until > ?",
		&r.history:      "SELECT history FROM visitors WHERE site = ? AND visitor = ? AND history_until > ?",
		&r.counts:       "SELECT name, value FROM counts WHERE site = ? AND day = ?",
		&r.discoveries:  "SELECT day, name, value FROM discoveries WHERE site = ? AND day BETWEEN ? AND ?",
	})
	return r, err
}

func prepareWrites(ctx context.Context, conn preparer) (w writeStatements, err error) {
	err = w.prepare(ctx, conn, map[**sql.Stmt]string{
		&w.beginImmediate: "BEGIN IMMEDIATE",
		&w.commitAll:      "COMMIT",
		&w.rollbackAll:    "ROLLBACK",
		&w.siteRecord:     "SELECT version, record FROM sites WHERE key = ?",
		&w.putSite: `INSERT INTO sites (key, version, record) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET version = excluded.version, record = excluded.record`,
		&w.hasRevision:    "SELECT count(*) FROM revisions WHERE site = ? AND number = ?",
		&w.putRevision:    "INSERT INTO revisions (site, number, content) VALUES (?, ?, ?)",
		&w.putPublication: "INSERT INTO publications (site, content) VALUES (?, ?)",
		&w.visitor:        "SELECT state, state_until, history, history_until FROM visitors WHERE site = ? AND visitor = ?",
		&w.putVisitor: `INSERT INTO visitors (site, visitor, state, state_until, history, history_until, next) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET state = excluded.state, state_until = excluded.state_until,
			history = excluded.history, history_until = excluded.history_until, next = excluded.next`,
		&w.dropVisitor: "DELETE FROM visitors WHERE site = ? AND visitor = ?",
		&w.raiseCount: `INSERT INTO counts (site, day, name, value) VALUES (?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET value = value + excluded.value`,
		&w.dropCounts:       "DELETE FROM counts WHERE day < ?",
		&w.countDiscoveries: "SELECT count(*) FROM discoveries WHERE site = ? AND day = ? AND name <> ?",
		&w.raiseDiscovery:   "UPDATE discoveries SET value = value + 1 WHERE site = ? AND day = ? AND name = ?",
		&w.putDiscovery: `INSERT INTO discoveries (site, day, name, value) VALUES (?, ?, ?, 1)
			ON CONFLICT DO UPDATE SET value = value + 1`,
		&w.dropDiscoveries: "DELETE FROM discoveries WHERE day < ?",
		&w.putKey:          "INSERT INTO keys (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
		&w.key:             "SELECT value FROM keys WHERE name = ?",
		&w.expired:         "SELECT site, visitor, state, state_until, history, history_until FROM visitors WHERE next <= ? ORDER BY next LIMIT ?",
	})
	return w, err
}

func (p *prepared) prepare(ctx context.Context, from preparer, texts map[**sql.Stmt]string) error {
	for statement, text := range texts {
		var err error
		if *statement, err = from.PrepareContext(ctx, text); err != nil {
			return err
		}
		*p = append(*p, *statement)
	}
	return nil
}
