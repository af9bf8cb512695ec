package demo

import (
	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
)

// Catalogue is a catalogue whose vendors own the host names of their stand-ins
// as well as their own, under the same paths.
func Catalogue(c site.Catalogue) site.Catalogue { return withStandins{c} }

type withStandins struct{ site.Catalogue }

// Vendor returns the entry of that id with its stand-ins' hosts.
func (c withStandins) Vendor(id string) (*catalogue.Vendor, bool) {
	v, ok := c.Catalogue.Vendor(id)
	if !ok {
		return nil, false
	}
	wider := *v
	wider.Hosts = make([]catalogue.Host, 0, 2*len(v.Hosts))
	for _, h := range v.Hosts {
		near := h
		near.Host += suffix
		wider.Hosts = append(wider.Hosts, h, near)
	}
	return &wider, true
}
