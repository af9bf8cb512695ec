package server

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
)

// due makes announced publications live at each tick, until ctx ends. One that
// fails is tried again at the next tick, and is told of once while it fails.
func due(ctx context.Context, sites *site.Sites, operators *operator.Operators, tick <-chan time.Time, log *slog.Logger) {
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
		made, err := sites.PublishDue(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			log.Warn("an announced publication has to wait", slog.Any("error", err))
		}
		failing = err != nil
		for _, p := range made {
			log.Info("an announced publication is live", slog.String("site", p.Site), slog.Int("revision", p.Revision))
			act := operator.Act{Action: operator.ActPublish, Site: p.Site, Subject: strconv.Itoa(p.Revision), Detail: p.Why}
			if err := operators.Note(ctx, operator.Command("announcement by "+p.By), act); err != nil {
				log.Error("a publication is not in the audit log", slog.String("site", p.Site), slog.Any("error", err))
			}
		}
	}
}
