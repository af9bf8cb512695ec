package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
)

// VendorsCmd is `sekisho vendors`: the catalogue that this binary carries.
type VendorsCmd struct {
	List  VendorsListCmd  `cmd:"" help:"List the vendors of the catalogue."`
	Show  VendorsShowCmd  `cmd:"" help:"Show what the catalogue says of a vendor."`
	Check VendorsCheckCmd `cmd:"" help:"Check vendor files, by themselves and against the catalogue."`
}

// VendorsListCmd prints one line a vendor, or all entries as JSON.
type VendorsListCmd struct {
	Words []string `arg:"" optional:"" help:"Only vendors with all of these words in name, former names, entity or hosts."`
	JSON  bool     `name:"json" help:"Whole entries as JSON."`
}

func (c *VendorsListCmd) Run(std *streams) error {
	cat, err := loadCatalogue()
	if err != nil {
		return err
	}
	found := cat.Search(strings.Join(c.Words, " "))
	if c.JSON {
		if found == nil {
			found = []*catalogue.Vendor{}
		}
		return printJSON(std.out, found)
	}
	lang := language()
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tCOUNTRY\tPURPOSES\tNAME\tENTITY")
	for _, v := range found {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", v.ID, v.Country, purposes(v), v.Name.In(lang), v.Entity.Name.In(lang))
	}
	return table.Flush()
}

// VendorsShowCmd prints an entry for people, or as its file has it.
type VendorsShowCmd struct {
	ID   string `arg:"" help:"The vendor's id."`
	JSON bool   `name:"json" help:"The entry as JSON."`
}

func (c *VendorsShowCmd) Run(std *streams) error {
	cat, err := loadCatalogue()
	if err != nil {
		return err
	}
	v, ok := cat.Vendor(c.ID)
	if !ok {
		return fault.New(fault.NotFound, "the catalogue has no vendor %q; `sekisho vendors list WORD` searches it", c.ID)
	}
	if c.JSON {
		return printJSON(std.out, v)
	}
	lang := language()
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(table, "%s\t%s\n", name, value)
		}
	}
	line("id", v.ID)
	line("name", v.Name.In(lang))
	line("also printed as", strings.Join(slices.Concat(v.FormerNames, v.Entity.FormerNames), ", "))
	line("entity", v.Entity.Name.In(lang))
	line("country", v.Country)
	line("kind", v.Kind)
	line("status", strings.TrimSpace(v.Status+" "+v.Successor))
	line("purposes", purposes(v))
	line("receives", v.Receives.In(lang))
	line("used for", v.UsedFor.In(lang))
	for _, h := range v.Hosts {
		line("host", strings.TrimSpace(h.Host+h.Path+"  "+strings.Join(h.Roles, ", ")))
	}
	for _, k := range v.Cookies {
		line("cookie", strings.Join(strings.Fields(k.Name+"  "+k.Party+"-party "+k.Domain+" "+lifetime(k.LifetimeSeconds)), " "))
	}
	for _, s := range v.Storage {
		line(s.Area, s.Key)
	}
	line("privacy policy", v.Links.Privacy.In(lang))
	line("cookie policy", v.Links.Cookies)
	line("opt-out", v.Links.OptOut)
	line("not confirmed", strings.Join(v.Unverified, ", "))
	for _, s := range v.Sources {
		line("source", fmt.Sprintf("%s  %s (%s)", s.Date, s.Source, strings.Join(s.Facts, ", ")))
	}
	return table.Flush()
}

// VendorsCheckCmd checks vendor files. Each fault is a line of file, field and
// reason.
type VendorsCheckCmd struct {
	Paths []string `arg:"" name:"path" help:"Vendor files, or folders of them."`
}

func (c *VendorsCheckCmd) Run(std *streams) error {
	cat, err := loadCatalogue()
	if err != nil {
		return err
	}
	files, err := vendorFiles(c.Paths)
	if err != nil {
		return err
	}
	var faults []string
	names := map[string]string{} // file by id
	var given []*catalogue.Vendor
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return fault.New(fault.Invalid, "%v", err)
		}
		v, err := catalogue.ParseVendor(name, data)
		if err != nil {
			faults = append(faults, lines(name, err)...)
			continue
		}
		if other, taken := names[v.ID]; taken {
			faults = append(faults, fmt.Sprintf("%s: /id: %q is the id in %s as well", name, v.ID, other))
			continue
		}
		names[v.ID] = name
		given = append(given, v)
	}
	// The files stand beside the catalogue's entries; one with an entry's id
	// stands in that entry's place.
	cat = catalogue.New(cat.Purposes(), slices.Concat(cat.All(), given))
	for _, v := range given {
		for _, f := range cat.Check(v, time.Now()) {
			faults = append(faults, fmt.Sprintf("%s: %s: %s", names[v.ID], f.Path, f.Reason))
		}
	}
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "%s", strings.Join(faults, "\n"))
	}
	_, err = fmt.Fprintf(std.out, "%d vendor files are in order\n", len(files))
	return err
}

// lines are the faults of a file that cannot be read as an entry.
func lines(name string, err error) []string {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || len(e.Fields) == 0 {
		return []string{err.Error()}
	}
	var lines []string
	for _, f := range e.Fields {
		lines = append(lines, fmt.Sprintf("%s: %s: %s", name, f.Path, f.Reason))
	}
	return lines
}

// vendorFiles returns the files of paths. Of a folder these are all *.json
// below it but the catalogue's own schema.json and purposes.json.
func vendorFiles(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		before := len(files)
		err := filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			base := filepath.Base(name)
			if name == path || filepath.Ext(name) == ".json" && base != "schema.json" && base != "purposes.json" {
				files = append(files, name)
			}
			return nil
		})
		if err != nil {
			return nil, fault.New(fault.Invalid, "%v", err)
		}
		if len(files) == before {
			return nil, fault.New(fault.Invalid, "%s: there are no vendor files in it", path)
		}
	}
	return files, nil
}

func purposes(v *catalogue.Vendor) string {
	var ids []string
	for _, p := range v.Purposes {
		ids = append(ids, string(p))
	}
	return strings.Join(ids, ", ")
}

func lifetime(seconds *int64) string {
	switch {
	case seconds == nil:
		return ""
	case *seconds == 0:
		return "session"
	case *seconds%86400 == 0:
		return fmt.Sprintf("%d days", *seconds/86400)
	default:
		return (time.Duration(*seconds) * time.Second).String()
	}
}

func printJSON(w io.Writer, v any) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(v)
}
