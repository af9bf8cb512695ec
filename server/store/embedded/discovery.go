package embedded

import (
	"context"

	"github.com/sekisho/sekisho/server/discovery"
)

// Discover implements discovery.Store. A day goes with the sweep, whose time
// is discovery.Retention.
func (s *Store) Discover(ctx context.Context, write discovery.Write) error {
	return s.do(ctx, func(w *writer) error { return w.discover(write) })
}

func (w *writer) discover(write discovery.Write) error {
	var have int
	if err := w.countDiscoveries.QueryRow(write.Site, write.Day, write.Rest).Scan(&have); err != nil {
		return err
	}
	for _, name := range write.Names {
		raised, err := w.raiseDiscovery.Exec(write.Site, write.Day, name)
		if err != nil {
			return err
		}
		n, err := raised.RowsAffected()
		if err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if have < write.Most {
			have++
		} else {
			name = write.Rest
		}
		if _, err := w.putDiscovery.Exec(write.Site, write.Day, name); err != nil {
			return err
		}
	}
	return nil
}

// Discovered implements discovery.Store.
func (s *Store) Discovered(ctx context.Context, key string, days []string) (map[string]map[string]int64, error) {
	all := map[string]map[string]int64{}
	if len(days) == 0 {
		return all, nil
	}
	rows, err := s.read.discoveries.QueryContext(ctx, key, days[0], days[len(days)-1])
	if err != nil {
		return nil, s.fail(err)
	}
	defer rows.Close()
	for rows.Next() {
		var day, name string
		var value int64
		if err := rows.Scan(&day, &name, &value); err != nil {
			return nil, s.fail(err)
		}
		if all[day] == nil {
			all[day] = map[string]int64{}
		}
		all[day][name] = value
	}
	return all, s.fail(rows.Err())
}
