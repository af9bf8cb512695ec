package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/sekisho/sekisho/server/fault"
)

// job is one file to compile: an entry of the widget, and the one generated
// module that it may import.
type job struct {
	entry  string
	source string // of the entry, where it is generated, too; it imports from "./src/…"
	module string // "sekisho:site"
	data   any    // the module's default export
	// define gives constants of the sources their values, as JavaScript.
	define map[string]string
	esm    bool // an ES module, loaded by import(); else a classic script
}

// engines are the oldest browsers that understand the files. What they know is
// not rewritten, because that costs every page bytes. In older ones the script
// is a syntax error: nothing is asked, and only tags that nobody marked run.
var engines = []api.Engine{
	{Name: api.EngineChrome, Version: "93"},
	{Name: api.EngineFirefox, Version: "92"},
	{Name: api.EngineSafari, Version: "15.4"},
}

// run returns the minified script.
func (j job) run(widget fs.FS) ([]byte, error) {
	data, err := json.Marshal(j.data)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "cannot write module %s", j.module)
	}
	format := api.FormatIIFE
	if j.esm {
		format = api.FormatESModule
	}
	result := api.Build(api.BuildOptions{
		EntryPoints:       []string{j.entry},
		Bundle:            true,
		Format:            format,
		Platform:          api.PlatformBrowser,
		Engines:           engines,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		TreeShaking:       api.TreeShakingTrue,
		LegalComments:     api.LegalCommentsNone,
		Charset:           api.CharsetUTF8,
		Define:            j.define,
		LogLevel:          api.LogLevelSilent,
		Outdir:            "/",
		Write:             false,
		TsconfigRaw:       `{}`, // and none from the disk
		Plugins:           []api.Plugin{j.plugin(widget, data)},
	})
	if len(result.Errors) > 0 {
		var all []error
		for _, m := range api.FormatMessages(result.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage}) {
			all = append(all, errors.New(strings.TrimSpace(m)))
		}
		return nil, fault.Wrap(fault.Internal, errors.Join(all...), "cannot compile %s", j.entry)
	}
	if len(result.OutputFiles) != 1 {
		return nil, fault.New(fault.Internal, "compiling %s gave %d files", j.entry, len(result.OutputFiles))
	}
	return result.OutputFiles[0].Contents, nil
}

const (
	sources   = "widget"    // namespace of files in the widget's fs
	generated = "generated" // namespace of modules made here
)

// plugin answers every import from the widget's sources or from data. There is
// no third place: the widget has no dependencies, and the disk is not read.
func (j job) plugin(widget fs.FS, data []byte) api.Plugin {
	return api.Plugin{Name: "sekisho", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `.*`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			switch {
			case a.Path == j.module, a.Kind == api.ResolveEntryPoint && j.source != "":
				return api.OnResolveResult{Path: a.Path, Namespace: generated}, nil
			case a.Kind == api.ResolveEntryPoint:
				return api.OnResolveResult{Path: a.Path, Namespace: sources}, nil
			case strings.HasPrefix(a.Path, "./"), strings.HasPrefix(a.Path, "../"):
				file, err := find(widget, path.Join(path.Dir(a.Importer), a.Path))
				return api.OnResolveResult{Path: file, Namespace: sources}, err
			}
			return api.OnResolveResult{}, fmt.Errorf("%s must not import %q: there are the widget's own sources and %s", a.Importer, a.Path, j.module)
		})
		b.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: generated}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			if a.Path == j.entry {
				return api.OnLoadResult{Contents: &j.source, Loader: api.LoaderJS}, nil
			}
			contents := string(data)
			return api.OnLoadResult{Contents: &contents, Loader: api.LoaderJSON}, nil
		})
		b.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: sources}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			source, err := fs.ReadFile(widget, a.Path)
			contents := string(source)
			return api.OnLoadResult{Contents: &contents, Loader: loaders[path.Ext(a.Path)]}, err
		})
	}}
}

var loaders = map[string]api.Loader{".ts": api.LoaderTS, ".json": api.LoaderJSON}

// find completes the name of an imported file as TypeScript does.
func find(widget fs.FS, name string) (string, error) {
	for _, candidate := range []string{name, name + ".ts", name + "/index.ts"} {
		if info, err := fs.Stat(widget, candidate); err == nil && info.Mode().IsRegular() {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("there is no %s in the widget's sources", name)
}
