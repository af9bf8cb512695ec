package demo

import "github.com/sekisho/sekisho/server/catalogue"

// Catalogue returns a catalogue whose vendors own the host names of their
// stand-ins as well as their own, under the same paths.
func Catalogue(c *catalogue.Catalogue) *catalogue.Catalogue {
	all := c.All()
	wider := make([]*catalogue.Vendor, len(all))
	for i, v := range all {
		with := *v
		with.Hosts = make([]catalogue.Host, 0, 2*len(v.Hosts))
		for _, h := range v.Hosts {
			near := h
			near.Host += suffix
			with.Hosts = append(with.Hosts, h, near)
		}
		wider[i] = &with
	}
	return catalogue.New(c.Purposes(), wider)
}
