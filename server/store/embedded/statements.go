package embedded

import (
	"context"
	"database/sql"
)

// readStatements run on any of the readers' connections.
type readStatements struct {
	site, versions, revision, publications, state, history, counts, discoveries *sql.Stmt
	operator, token, session                                                    *sql.Stmt

	prepared
}

// writeStatements run on the writer's connection.
type writeStatements struct {
	beginImmediate, commitAll, rollbackAll                          *sql.Stmt
	siteRecord, putSite, hasRevision, putRevision, putPublication   *sql.Stmt
	visitor, putVisitor, dropVisitor, expired                       *sql.Stmt
	raiseCount, dropCounts, putKey, key                             *sql.Stmt
	countDiscoveries, raiseDiscovery, putDiscovery, dropDiscoveries *sql.Stmt
	rosterVersion, putRoster, putOperator, dropOperator             *sql.Stmt
	putLink, dropLink, token, putToken, dropToken                   *sql.Stmt
	session, putSession, dropSession, dropSessions                  *sql.Stmt
	raiseAttempt, dropAttempt, dropAttempts, lastAudit, putAudit    *sql.Stmt

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
		&r.operator:     "SELECT content FROM operators WHERE id = ?",
		&r.token:        tokenText,
		&r.session:      sessionText,
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
		&w.rosterVersion: "SELECT version, change FROM roster",
		&w.putRoster:     "UPDATE roster SET version = ?, change = ?",
		&w.putOperator:   putContent("operators", "id"),
		&w.dropOperator:  "DELETE FROM operators WHERE id = ?",
		&w.putLink:       putContent("links", "hash"),
		&w.dropLink:      "DELETE FROM links WHERE hash = ?",
		&w.token:         tokenText,
		&w.putToken:      putContent("tokens", "hash"),
		&w.dropToken:     "DELETE FROM tokens WHERE hash = ?",
		&w.session:       sessionText,
		&w.putSession: `INSERT INTO sessions (hash, operator, until, content) VALUES (?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET content = excluded.content`,
		&w.dropSession:  "DELETE FROM sessions WHERE hash = ?",
		&w.dropSessions: "DELETE FROM sessions WHERE until <= ?",
		&w.raiseAttempt: `INSERT INTO attempts (key, count, until) VALUES (?1, 1, ?2)
			ON CONFLICT DO UPDATE SET count = iif(until > ?3, count + 1, 1), until = iif(until > ?3, until, ?2)
			RETURNING count, until`,
		&w.dropAttempt:  "DELETE FROM attempts WHERE key = ?",
		&w.dropAttempts: "DELETE FROM attempts WHERE until <= ?",
		&w.lastAudit:    "SELECT coalesce((SELECT max(number) FROM audit), 0), coalesce((SELECT max(at) FROM audit), 0)",
		&w.putAudit: `INSERT INTO audit (number, at, id, actor, owner, action, site, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO NOTHING`,
		&w.dropDiscoveries: "DELETE FROM discoveries WHERE day < ?",
		&w.putKey:          "INSERT INTO keys (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
		&w.key:             "SELECT value FROM keys WHERE name = ?",
		&w.expired:         "SELECT site, visitor, state, state_until, history, history_until FROM visitors WHERE next <= ? ORDER BY next LIMIT ?",
	})
	return w, err
}

// Texts of statements that readers and the writer share.
const (
	tokenText   = "SELECT content FROM tokens WHERE hash = ?"
	sessionText = "SELECT content FROM sessions WHERE hash = ? AND until > ?"
)

func putContent(table, key string) string {
	return "INSERT INTO " + table + " (" + key + ", content) VALUES (?, ?) ON CONFLICT DO UPDATE SET content = excluded.content"
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
