package web

import (
	"bytes"
	"context"
	"errors"
	"log"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Timeouts bound what one connection may hold of the service.
type Timeouts struct {
	Header, Read, Write, Idle time.Duration
	// Grace is how long the service still takes new requests after it was told
	// to stop, for balancers to notice; Drain is what is then left for those
	// that are being answered.
	Grace, Drain time.Duration
}

// DefaultTimeouts fit bodies of 16 KiB and answers of some 100 KiB.
var DefaultTimeouts = Timeouts{
	Header: 5 * time.Second, Read: 10 * time.Second, Write: 30 * time.Second, Idle: time.Minute,
	Grace: 5 * time.Second, Drain: 20 * time.Second,
}

// maxHeader bounds a request's header, in bytes; browsers' and proxies' own
// limits lie at 8 to 16 KiB.
const maxHeader = 16 << 10

// Endpoint is a handler with the listener that it answers on.
type Endpoint struct {
	Listener net.Listener
	Handler  http.Handler
}

// Serve answers on all endpoints until ctx ends, then stops in good order:
// stopping is called at once, new requests are taken for t.Grace more, those
// in flight have t.Drain to end, and the rest is cut off, which is an error.
// It returns when no handler runs any more, or when an endpoint fails.
func Serve(ctx context.Context, logger *slog.Logger, t Timeouts, stopping func(), endpoints ...Endpoint) error {
	failed := make(chan error, len(endpoints))
	servers := make([]*http.Server, len(endpoints))
	for i, e := range endpoints {
		servers[i] = newServer(logger, t, e.Handler)
		go func() { failed <- servers[i].Serve(e.Listener) }()
	}
	var errs []error
	running := len(servers)
	select {
	case err := <-failed: // Serve returns only with an error before Shutdown
		errs = append(errs, err)
		running--
	case <-ctx.Done():
	}
	stopping()
	if len(errs) == 0 && t.Grace > 0 {
		logger.Info("stopping", slog.String("grace", t.Grace.String()), slog.String("drain", t.Drain.String()))
		timer := time.NewTimer(t.Grace)
		defer timer.Stop()
		select {
		case <-timer.C:
		case err := <-failed:
			errs = append(errs, err)
			running--
		}
	}
	deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.Drain)
	defer cancel()
	for _, s := range servers {
		if err := s.Shutdown(deadline); err != nil {
			errs = append(errs, err, s.Close())
		}
	}
	for ; running > 0; running-- {
		if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func newServer(logger *slog.Logger, t Timeouts, h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: t.Header,
		ReadTimeout:       t.Read,
		WriteTimeout:      t.Write,
		IdleTimeout:       t.Idle,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          log.New(acceptErrors{logger}, "", 0),
	}
}

// acceptErrors passes on what net/http says of the listener and drops the rest,
// which quotes clients' addresses.
type acceptErrors struct{ log *slog.Logger }

func (a acceptErrors) Write(line []byte) (int, error) {
	if bytes.HasPrefix(line, []byte("http: Accept error")) {
		a.log.Error("listener", slog.String("error", string(bytes.TrimSpace(line))))
	}
	return len(line), nil
}
