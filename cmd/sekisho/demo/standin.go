package demo

import (
	"bytes"
	"embed"
	"encoding/json"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// suffix makes a vendor's host name one that browsers resolve to this machine
// (RFC 6761 §6.3), without a name server.
const suffix = ".localhost"

// viaContainer is the vendor whose tag the tag manager's stand-in inserts.
const viaContainer = "ad-ebis"

// standin answers in place of one vendor's loader.
type standin struct {
	Vendor string `json:"vendor"`
	Host   string `json:"host"` // the vendor's own
	Path   string `json:"path"` // how its requests begin, query included
	// Cookies are first-party cookies of the vendor's usual names, made up.
	Cookies []string `json:"cookies"`
	Loads   []string `json:"loads"` // scripts that it inserts
	Sends   []string `json:"sends"` // images that it asks for
	// Global is the object that the snippet expects to find after loading.
	Global string `json:"global"`
	Page   string `json:"page"` // the file of a document for an iframe, instead of a script
}

//go:embed standin.js
var standinScript string

//go:embed video.html map.html
var pages embed.FS

// pixel is a transparent GIF of one by one.
var pixel = []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")

// hosts are the vendors' host names that a stand-in answers for, with the
// vendor of each. A host that two vendors share is told apart by its path.
func (d *Demo) hosts() map[string]string {
	hosts := map[string]string{}
	for _, s := range d.standins {
		hosts[s.Host] = s.Vendor
	}
	for _, s := range d.standins {
		for _, address := range slices.Concat(s.Loads, s.Sends) {
			host, _, _ := strings.Cut(strings.TrimPrefix(address, "https://"), "/")
			if _, own := hosts[host]; !own {
				hosts[host] = s.Vendor
			}
		}
	}
	return hosts
}

// cookies are the names of the cookies that the demo's pages set.
func (d *Demo) cookies() []string {
	names := []string{"sekisho"}
	for _, s := range d.standins {
		for _, cookie := range s.Cookies {
			name, _, _ := strings.Cut(cookie, "=")
			names = append(names, name)
		}
	}
	return names
}

// rewriter turns the vendors' addresses in a text into those of the stand-ins.
func rewriter(hosts map[string]string, port string) func(string) string {
	names := make([]string, 0, len(hosts))
	for host := range hosts {
		names = append(names, regexp.QuoteMeta(host))
	}
	slices.Sort(names)
	address := regexp.MustCompile(`(?:https?:)?//(` + strings.Join(names, "|") + `)\b`)
	return func(text string) string {
		return address.ReplaceAllString(text, "http://${1}"+suffix+":"+port)
	}
}

// standin answers a request to a vendor's stand-in.
func (d *Demo) standin(w http.ResponseWriter, r *http.Request, host string) {
	vendor, known := d.vendorOf[host]
	if !known {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	for _, s := range d.standins {
		if s.Host != host || !strings.HasPrefix(r.URL.RequestURI(), s.Path) {
			continue
		}
		d.seen.add(s.Vendor)
		if s.Page != "" {
			http.ServeFileFS(w, r, pages, s.Page)
			return
		}
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(d.script(s))
		return
	}
	d.seen.add(vendor)
	w.Header().Set("Content-Type", "image/gif")
	_, _ = w.Write(pixel)
}

// script is a stand-in's script with its facts filled in.
func (d *Demo) script(s standin) []byte {
	facts, err := json.Marshal(map[string]any{
		"vendor": s.Vendor, "global": s.Global,
		"cookies": orEmpty(s.Cookies), "loads": d.rewriteAll(s.Loads), "sends": d.rewriteAll(s.Sends),
	})
	if err != nil {
		panic(err) // strings and slices of strings only
	}
	return bytes.Replace([]byte(standinScript), []byte("/*standin*/"), facts, 1)
}

func (d *Demo) rewriteAll(addresses []string) []string {
	all := make([]string, len(addresses))
	for i, address := range addresses {
		all[i] = d.rewrite(address)
	}
	return all
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// standinHost returns the vendor's host that a request to a stand-in is about.
func standinHost(hostport string) (string, bool) {
	return strings.CutSuffix(hostname(hostport), suffix)
}

// hostname is the name in a Host header, without a port.
func hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		hostport = host
	}
	return strings.ToLower(hostport)
}

// seen counts requests to stand-ins. It keeps the latest ones only: a page asks
// about what came after it was made.
type seen struct {
	mu      sync.Mutex
	total   int64
	vendors []string // of requests total-len(vendors)+1 … total
}

const seenLimit = 2000

func (s *seen) add(vendor string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total++
	s.vendors = append(s.vendors, vendor)
	if len(s.vendors) > seenLimit {
		s.vendors = slices.Delete(s.vendors, 0, seenLimit/2)
	}
}

func (s *seen) last() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}

func (s *seen) since(after int64) map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[string]int{}
	first := s.total - int64(len(s.vendors))
	for _, vendor := range s.vendors[min(max(0, after-first), int64(len(s.vendors))):] {
		counts[vendor]++
	}
	return counts
}
