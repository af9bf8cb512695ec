package embedded

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/sekisho/sekisho/server/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the file to the newest form: migrations/NNNN_name.sql, numbered
// without a gap from 1, each in one transaction together with its number. A
// file that was already changed by a newer Sekisho is left alone.
func migrate(ctx context.Context, conn *sql.Conn) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var have int
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return err
	}
	if have > len(files) {
		return fault.New(fault.Conflict, "the file is of a newer Sekisho (form %d; this one knows %d)", have, len(files))
	}
	for i, file := range files[have:] {
		number := have + i + 1
		name := strings.TrimPrefix(file, "migrations/")
		if n, err := strconv.Atoi(name[:4]); err != nil || n != number {
			return fmt.Errorf("migration %s should have number %04d", name, number)
		}
		text, err := fs.ReadFile(migrations, file)
		if err != nil {
			return err
		}
		if err := inTransaction(ctx, conn, string(text)+fmt.Sprintf("\nPRAGMA user_version = %d;", number)); err != nil {
			return fmt.Errorf("migration %s: %w", name, err)
		}
	}
	return nil
}

func inTransaction(ctx context.Context, conn *sql.Conn, text string) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, text); err != nil {
		_ = tx.Rollback() // the first error is the one to tell
		return err
	}
	return tx.Commit()
}
