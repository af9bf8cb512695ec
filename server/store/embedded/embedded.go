// Package embedded keeps everything in one SQLite file, for a small site and
// for the two-minute start. What it has acknowledged is on disk: it survives
// the sudden end of the process and of the machine.
//
// Life of a decision: Record packs it and hands a job to the one writer, which
// puts all jobs that wait into one transaction and answers every caller after
// the commit has reached the disk. So one sync serves many callers, and nobody
// waits for a timer. Readers have connections of their own and wait for nobody.
package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"

	_ "modernc.org/sqlite" // the driver named "sqlite"
)

const (
	scheme   = "embedded:"
	fileName = "sekisho.db"
	lockName = "sekisho.lock"
)

// errHeld says that another process has the lock.
var errHeld = errors.New("held by another process")

// Store is a site.Store, a consent.Store, a consent.KeyStore, a discovery.Store and an operator.Stores.
type Store struct {
	now   func() time.Time
	names *consent.Names
	lock  *os.File

	reads   *sql.DB
	read    readStatements
	writes  *sql.DB // of one connection, the writer's
	queue   chan *job
	stopped chan struct{} // closed when the writer has ended

	closing sync.RWMutex
	closed  bool
}

var (
	_ site.Store       = (*Store)(nil)
	_ consent.Store    = (*Store)(nil)
	_ consent.KeyStore = (*Store)(nil)
	_ discovery.Store  = (*Store)(nil)
	_ operator.Stores  = (*Store)(nil)
)

// Open opens the store in a folder, given as "embedded:FOLDER", and makes both
// where they are missing. One process alone can have it open; for a second one
// Open fails at once with a fault of kind Conflict that names the folder.
func Open(ctx context.Context, address string, now func() time.Time) (*Store, error) {
	folder, ok := strings.CutPrefix(address, scheme)
	if !ok || folder == "" {
		return nil, fault.New(fault.Malformed, "store %q: want embedded:FOLDER", address)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "store %s: cannot make the folder", folder)
	}
	held, err := lock(filepath.Join(folder, lockName))
	if errors.Is(err, errHeld) {
		return nil, fault.Wrap(fault.Conflict, err, "store %s: another process has it open, and only one can; stop it, or talk to it through its server", folder)
	}
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "store %s: cannot lock it", folder)
	}
	s, err := open(ctx, filepath.Join(folder, fileName), now)
	if err != nil {
		held.Close()
		return nil, err
	}
	s.lock = held
	return s, nil
}

func open(ctx context.Context, file string, now func() time.Time) (_ *Store, err error) {
	// SQLite would make the file readable to everybody on the machine; its
	// companions (-wal, -shm) take over the rights of the file.
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "store %s: cannot open it", file)
	}
	f.Close()

	s := &Store{now: now, queue: make(chan *job, maxBatch), stopped: make(chan struct{})}
	// FULL: a commit returns when the disk has it. secure_delete: what is
	// erased is overwritten, not merely forgotten.
	if s.writes, err = sql.Open("sqlite", dataSource(file, "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)", "busy_timeout(5000)", "wal_autocheckpoint(4000)")); err != nil {
		return nil, err
	}
	s.writes.SetMaxOpenConns(1)
	conn, err := s.writes.Conn(ctx)
	if err != nil {
		s.closeFiles()
		return nil, openFault(file, err)
	}
	w := &writer{conn: conn, counts: map[count]int64{}}
	defer func() {
		if err != nil {
			w.close()
			s.closeFiles()
		}
	}()
	if err = migrate(ctx, conn); err == nil {
		w.writeStatements, err = prepareWrites(ctx, conn)
	}
	if err != nil {
		return nil, openFault(file, err)
	}
	if s.reads, err = sql.Open("sqlite", dataSource(file, "query_only(ON)", "busy_timeout(5000)")); err != nil {
		return nil, err
	}
	readers := max(4, runtime.GOMAXPROCS(0))
	s.reads.SetMaxOpenConns(readers)
	s.reads.SetMaxIdleConns(readers)
	if s.read, err = prepareReads(ctx, s.reads); err != nil {
		return nil, openFault(file, err)
	}
	s.names = consent.NewNames(s)
	go s.write(w)
	return s, nil
}

// openFault tells which file could not be opened, and why where that is known.
func openFault(file string, err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return fault.Wrap(f.Kind, f.Err, "store %s: %s", file, f.Detail)
	}
	return fault.Wrap(kindOf(err), err, "store %s: cannot open it", file)
}

// dataSource names a file and the settings of each connection to it.
func dataSource(file string, pragmas ...string) string {
	path := filepath.ToSlash(file)
	if abs, err := filepath.Abs(file); err == nil {
		path = filepath.ToSlash(abs)
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{"_pragma": pragmas}.Encode()}
	return u.String()
}

// Ping reports whether the store can be read.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return s.fail(s.reads.QueryRowContext(ctx, "SELECT 1 FROM sqlite_schema LIMIT 1").Scan(&one))
}

// Durability tells that every acknowledged write is on disk.
func (s *Store) Durability(ctx context.Context) (consent.Durability, error) {
	return consent.Durability{Known: true, Settings: map[string]string{"journal_mode": "wal", "synchronous": "full"}, Problems: []string{}}, nil
}

// Close lets everything that waits be written, and gives the files back. What
// is asked afterwards fails with Unavailable. It may be called more than once.
func (s *Store) Close() error {
	s.closing.Lock()
	if s.closed {
		s.closing.Unlock()
		return nil
	}
	s.closed = true
	close(s.queue)
	s.closing.Unlock()
	<-s.stopped
	return errors.Join(s.closeFiles(), s.lock.Close())
}

func (s *Store) closeFiles() error {
	s.read.prepared.close()
	var errs []error
	// The writer goes last: closing the last connection writes the log back.
	for _, db := range []*sql.DB{s.reads, s.writes} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// sqliteError is what the driver's errors tell.
type sqliteError interface {
	error
	Code() int // SQLite's extended result code
}

// kindOf says whether trying again makes sense: Unavailable while the file is
// held, the disk is full or failing, or the caller's time is up. A fault keeps
// the kind that it has.
func kindOf(err error) fault.Kind {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Kind
	}
	const busy, locked, nomem, ioerr, full, cantopen, protocol = 5, 6, 7, 10, 13, 14, 15
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, sql.ErrConnDone), isClosed(err):
		return fault.Unavailable
	}
	if e, ok := errors.AsType[sqliteError](err); ok {
		switch e.Code() & 0xff {
		case busy, locked, nomem, ioerr, full, cantopen, protocol:
			return fault.Unavailable
		}
	}
	return fault.Internal
}

// isClosed reports whether the database was closed meanwhile, for which
// database/sql has no error value.
func isClosed(err error) bool {
	return err != nil && err.Error() == "sql: database is closed"
}

// fail gives an error of the database a kind; faults and nil pass.
func (s *Store) fail(err error) error {
	if _, ok := errors.AsType[*fault.Error](err); ok || err == nil {
		return err
	}
	if kind := kindOf(err); kind == fault.Unavailable {
		return fault.Wrap(kind, err, "the store cannot answer now")
	}
	return fmt.Errorf("embedded store: %w", err)
}
