package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// published is a site's publications; the last one is live.
type published struct {
	mu     sync.Mutex
	of     map[string][]int
	failed error
	// made is when the revisions were created.
	made  time.Time
	clock time.Time
}

func (p *published) publish(key string, number int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.of[key] = append(p.of[key], number)
}

func (p *published) Live(_ context.Context, key string) (*site.Revision, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	numbers := p.of[key]
	if p.failed != nil || len(numbers) == 0 {
		return nil, errors.Join(p.failed, fault.New(fault.NotFound, "no site %s", key))
	}
	return &site.Revision{Site: key, Number: numbers[len(numbers)-1], CreatedAt: p.made}, nil
}

func (p *published) Revision(_ context.Context, key string, number int) (*site.Revision, error) {
	return &site.Revision{Site: key, Number: number}, nil
}

func (p *published) Publications(_ context.Context, key string) ([]site.Publication, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []site.Publication
	for _, n := range p.of[key] {
		all = append(all, site.Publication{Site: key, Revision: n})
	}
	return all, p.failed
}

// builder makes bundles that say what they are, and remembers what it was asked for.
type builder struct {
	mu    sync.Mutex
	built []string
	fails map[string]bool
	gate  chan struct{} // when set, each build waits for it
}

func (b *builder) build(_ context.Context, r *site.Revision) (*Bundle, error) {
	if b.gate != nil {
		<-b.gate
	}
	name := fmt.Sprintf("%s.%d", r.Site, r.Number)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.built = append(b.built, name)
	if b.fails[name] {
		return nil, errors.New("esbuild: no")
	}
	file := &File{Identity: []byte(name)}
	return &Bundle{Site: r.Site, Revision: r.Number, CreatedAt: r.CreatedAt, Hash: name, Script: file, Parts: map[string]*File{"banner.ja.js": file}}, nil
}

func (b *builder) names() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.built, " ")
}

func newKeeper() (*Keeper, *published, *builder, *bytes.Buffer) {
	p, b, log := &published{of: map[string][]int{}}, &builder{fails: map[string]bool{}}, new(bytes.Buffer)
	p.clock = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	return NewKeeper(p, b.build, func() time.Time { return p.clock }, slog.New(slog.NewTextHandler(log, nil))), p, b, log
}

func script(t *testing.T, k *Keeper, key string) string {
	t.Helper()
	f, err := k.Script(t.Context(), key)
	if err != nil {
		return "fault " + fmt.Sprint(fault.KindOf(err))
	}
	return string(f.Identity)
}

func TestScript(t *testing.T) {
	k, p, b, _ := newKeeper()
	if got := script(t, k, "shop"); got != "fault 3" {
		t.Errorf("an unknown site: %s", got)
	}
	p.publish("shop", 1)
	for range 3 {
		if got := script(t, k, "shop"); got != "shop.1" {
			t.Errorf("got %s", got)
		}
	}
	if b.names() != "shop.1" {
		t.Errorf("built %s; once is enough", b.names())
	}
}

func TestConcurrentScriptsShareABuild(t *testing.T) {
	k, p, b, _ := newKeeper()
	b.gate = make(chan struct{})
	p.publish("shop", 1)
	var asked sync.WaitGroup
	for range 20 {
		asked.Go(func() { script(t, k, "shop") })
	}
	close(b.gate)
	asked.Wait()
	if b.names() != "shop.1" {
		t.Errorf("built %s", b.names())
	}
}

func TestLastGoodBundleStays(t *testing.T) {
	k, p, b, log := newKeeper()
	p.publish("shop", 1)
	script(t, k, "shop")
	b.fails["shop.2"] = true
	p.publish("shop", 2)
	if err := k.Refresh(t.Context(), "shop"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
	if got := script(t, k, "shop"); got != "shop.1" {
		t.Errorf("serves %s; want the last good one", got)
	}
	if !strings.Contains(log.String(), "bundle not built") || !strings.Contains(log.String(), "esbuild: no") {
		t.Errorf("logged %s", log)
	}
	k.queue.read()
	if degraded, err := k.Check(t.Context()); err != nil || !slices.Equal(degraded, []string{"script-outdated:shop"}) {
		t.Errorf("degraded %v, %v", degraded, err)
	}
	k.Refresh(t.Context(), "shop")
	if b.names() != "shop.1 shop.2" {
		t.Errorf("built %s; what fails is not tried again for the same revision", b.names())
	}
	p.publish("shop", 3)
	if err := k.Refresh(t.Context(), "shop"); err != nil {
		t.Fatal(err)
	}
	if degraded, err := k.Check(t.Context()); script(t, k, "shop") != "shop.3" || err != nil || len(degraded) != 0 {
		t.Errorf("serves %s, degraded %v, %v", script(t, k, "shop"), degraded, err)
	}
}

func TestFirstBuildFails(t *testing.T) {
	k, p, b, _ := newKeeper()
	b.fails["shop.1"] = true
	p.publish("shop", 1)
	if got := script(t, k, "shop"); got != "fault 9" {
		t.Errorf("got %s, want Unavailable", got)
	}
	script(t, k, "shop")
	if b.names() != "shop.1" {
		t.Errorf("each request builds: %s", b.names())
	}
	k.queue.read()
	if _, err := k.Check(t.Context()); err == nil {
		t.Error("ready without a script")
	}
}

func TestOlderPartsStay(t *testing.T) {
	k, p, b, _ := newKeeper()
	for n := 1; n <= 4; n++ {
		p.publish("shop", n)
		if err := k.Refresh(t.Context(), "shop"); err != nil {
			t.Fatal(err)
		}
	}
	p.publish("shop", 3) // rolled back
	if err := k.Refresh(t.Context(), "shop"); err != nil || script(t, k, "shop") != "shop.3" || strings.Count(b.names(), "shop.3") != 1 {
		t.Errorf("%v, serves %s, built %s", err, script(t, k, "shop"), b.names())
	}
	parts := func(when string, want map[string]bool) {
		for hash, want := range want {
			if f, err := k.Part(hash, "banner.ja.js"); (err == nil) != want || want && string(f.Identity) != hash {
				t.Errorf("%s: Part(%q): %v", when, hash, err)
			}
		}
	}
	parts("within a cached script's life", map[string]bool{"shop.1": true, "shop.2": true, "shop.3": true, "shop.4": true, "": false})
	p.clock = p.clock.Add(26 * time.Hour)
	p.publish("shop", 5)
	if err := k.Refresh(t.Context(), "shop"); err != nil {
		t.Fatal(err)
	}
	parts("later", map[string]bool{"shop.1": false, "shop.2": false, "shop.3": true, "shop.4": true, "shop.5": true})
	for n := 6; n <= 30; n++ {
		p.publish("shop", n)
		if err := k.Refresh(t.Context(), "shop"); err != nil {
			t.Fatal(err)
		}
	}
	parts("many in a day", map[string]bool{"shop.18": false, "shop.19": true, "shop.30": true})
	if _, err := k.Part("shop.30", "banner.fr.js"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an unknown name: %v", err)
	}
}

// After a failover that lost a publication the next one has the same number.
func TestNumberUsedAnew(t *testing.T) {
	k, p, b, _ := newKeeper()
	p.publish("shop", 5)
	if script(t, k, "shop") != "shop.5" {
		t.Fatal("not served")
	}
	p.made = p.clock
	if !k.behind(t.Context(), "shop") {
		t.Error("takes another revision of the same number for its own")
	}
	if err := k.Refresh(t.Context(), "shop"); err != nil || b.names() != "shop.5 shop.5" {
		t.Errorf("%v; built %s", err, b.names())
	}
}

func TestWatch(t *testing.T) {
	k, p, b, log := newKeeper()
	for _, n := range []int{1, 2, 3, 2, 4} {
		p.publish("shop", n)
	}
	p.publish("blog", 7)
	b.gate = make(chan struct{})
	if _, err := k.Check(t.Context()); err == nil {
		t.Error("ready before the sites have been read")
	}
	ctx, cancel := context.WithCancel(t.Context())
	watcher := make(chan site.Watcher)
	done := make(chan struct{})
	go func() {
		defer close(done)
		k.Watch(ctx, func(ctx context.Context, w site.Watcher) {
			w.Changed(ctx, "shop")
			w.Changed(ctx, "blog")
			w.Changed(ctx, "draft")
			w.Polled(nil)
			watcher <- w
			<-ctx.Done()
		})
	}()
	w := <-watcher
	if _, err := k.Check(t.Context()); err == nil {
		t.Error("ready before anything is built")
	}
	b.gate <- struct{}{} // shop.4
	b.gate <- struct{}{} // blog.7
	b.gate <- struct{}{} // shop.2: from here on what was live before
	b.gate <- struct{}{} // shop.3
	if degraded, err := k.Check(t.Context()); err != nil || len(degraded) != 0 {
		t.Errorf("not ready: %v, %v", degraded, err)
	}
	p.publish("blog", 8)
	w.Changed(ctx, "blog")
	b.gate <- struct{}{} // blog.8
	w.Polled(errors.New("away"))
	cancel()
	<-done
	if want := "shop.4 blog.7 shop.2 shop.3 blog.8"; b.names() != want {
		t.Errorf("built %s, want %s: live ones first, then each site's last three", b.names(), want)
	}
	if script(t, k, "blog") != "blog.8" || !strings.Contains(log.String(), "sites not polled") {
		t.Errorf("serves %s; log %s", script(t, k, "blog"), log)
	}
}
