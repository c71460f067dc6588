package cli

import (
	"fmt"

	"github.com/spf13/pflag"

	"dagger/pipeline/embedded/module"
)

// options are the flags that may appear anywhere.
type options struct {
	module   string
	progress string
	quiet    int
	silent   bool
	verbose  int
	debug    bool
	help     bool
	// autoApply writes a changeset.
	autoApply bool

	// of call
	output string
	json   bool

	cacheFrom, cacheTo []string

	common, call *pflag.FlagSet
}

// newOptions makes the flags of every command, and those of call.
func newOptions() *options {
	o := &options{common: newFlagSet(), call: newFlagSet()}
	fs := o.common
	fs.StringVarP(&o.module, "mod", "m", "", "Directory of the module to load (default: this pipeline's own)")
	fs.StringVar(&o.progress, "progress", "auto", "Progress output format (auto, plain, tty)")
	fs.CountVarP(&o.quiet, "quiet", "q", "Show no progress")
	fs.BoolVarP(&o.silent, "silent", "s", false, "Show no progress")
	fs.CountVarP(&o.verbose, "verbose", "v", "Has no effect: all output is shown")
	fs.BoolVarP(&o.debug, "debug", "d", false, "Has no effect: all output is shown")
	fs.BoolVarP(&o.autoApply, "auto-apply", "y", false, "Automatically apply changes when a changeset is returned")
	fs.BoolVarP(&o.help, "help", "h", false, "Print usage")
	for _, name := range []string{"help", "verbose", "debug"} {
		fs.Lookup(name).Hidden = true
	}
	o.call.BoolVarP(&o.json, "json", "j", false, "Present result as JSON")
	o.call.StringVarP(&o.output, "output", "o", "", "Save the result to a local file or directory")
	o.call.StringArrayVar(&o.cacheFrom, "cache-from", nil, "Take results from this cache: an image in a registry, or type=...,key=value as buildctl takes it (embedded engine only)")
	o.call.StringArrayVar(&o.cacheTo, "cache-to", nil, "Keep results in this cache, in the same forms (embedded engine only)")
	for _, name := range []string{"cache-from", "cache-to"} {
		o.call.Lookup(name).Hidden = true // they are no flags of Dagger's
	}
	return o
}

// SessionOptions are the options of a call's session.
type SessionOptions struct {
	// Function is the function that is called, as the command line names it.
	Function string
	// Progress is auto, plain, tty or quiet.
	Progress string
	// CacheFrom and CacheTo name caches outside of the engine.
	CacheFrom, CacheTo []string
}

// flagSet is a new set of the given flags. It stops at the first argument that
// is not a flag.
func flagSet(sets ...*pflag.FlagSet) *pflag.FlagSet {
	fs := newFlagSet()
	for _, s := range sets {
		fs.AddFlagSet(s)
	}
	return fs
}

// newFlagSet also accepts flags as the source writes them: --dryRun is --dry-run.
func newFlagSet() *pflag.FlagSet {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	fs.Usage = func() {}
	fs.SetInterspersed(false)
	fs.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		return pflag.NormalizedName(module.CommandName(name))
	})
	return fs
}

// display is the kind of progress to show.
func (o *options) display(lookup func(string) (string, bool)) (string, error) {
	progress := o.progress
	if progress == "auto" {
		if env, _ := lookup("DAGGER_PROGRESS"); env != "" {
			progress = env
		}
	}
	if o.silent || o.quiet > 0 {
		return "quiet", nil
	}
	switch progress {
	case "auto", "plain", "tty", "quiet":
		return progress, nil
	case "dots", "logs", "report":
		return "plain", nil
	}
	return "", fmt.Errorf("unknown progress type %q: want auto, plain or tty", progress)
}

// load reads the module that the options choose.
func (a *App) load(o *options) (*module.Module, error) {
	dir, err := a.moduleDir(o)
	if err != nil {
		return nil, err
	}
	return module.Load(dir)
}

func (a *App) moduleDir(o *options) (string, error) {
	given := o.module
	if given == "" {
		given, _ = a.LookupEnv("DAGGER_MODULE")
	}
	if given != "" {
		if remote(given) {
			return "", fmt.Errorf("loading module %q: the embedded engine loads local modules only: check it out, or use dagger", given)
		}
		return module.Find(a.path(given))
	}
	if a.ModuleDir != "" {
		return a.ModuleDir, nil
	}
	return module.Find(a.Dir)
}
