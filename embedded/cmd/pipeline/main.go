// Command pipeline runs the functions of a Dagger module written in Go on
// BuildKit, with the command line of `dagger call`.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"golang.org/x/term"

	"dagger/pipeline/embedded/bindings"
	"dagger/pipeline/embedded/cli"
	"dagger/pipeline/embedded/files"
	"dagger/pipeline/embedded/module"
	"dagger/pipeline/embedded/report"
	"dagger/pipeline/embedded/session"
)

func main() {
	debug.SetGCPercent(1000) // a call is short: garbage is collected when there is much of it
	app, err := newApp()
	if err != nil {
		fmt.Fprintf(os.Stderr, "Error: %v\n", err)
		os.Exit(1)
	}
	os.Exit(app.Run(context.Background(), os.Args[1:]))
}

// newApp reads the environment. The launcher sets PIPELINE_COMMAND, the name it
// was called by, and PIPELINE_MODULE_DIR, the checkout it is part of.
func newApp() (*cli.App, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("finding the working directory: %w", err)
	}
	cache, err := files.Cache()
	if err != nil {
		return nil, err
	}
	if err := own(cache); err != nil {
		return nil, err
	}
	calls := report.Store(filepath.Join(cache, "report"))
	name := os.Getenv("PIPELINE_COMMAND")
	if name == "" {
		name = filepath.Base(os.Args[0])
	}
	app := &cli.App{
		Name:       name,
		Version:    fmt.Sprintf("%s (embedded engine on BuildKit %s) %s/%s", session.Version, buildkitVersion(), runtime.GOOS, runtime.GOARCH),
		Dir:        dir,
		ModuleDir:  os.Getenv("PIPELINE_MODULE_DIR"),
		Stdout:     os.Stdout,
		Stderr:     os.Stderr,
		LookupEnv:  os.LookupEnv,
		Terminal:   term.IsTerminal(int(os.Stdout.Fd())),
		Width:      79,
		API:        api(),
		NewSession: newSession(dir, calls),
		Report:     lastCalls(calls),
		Engine:     engine{},
		Builder: module.Builder{
			Cache:    filepath.Join(cache, "modules"),
			Generate: bindings.Generate,
			Salt:     bindings.Salt(),
			Progress: os.Stderr,
		},
		WriteBindings: bindings.Write,
	}
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && width > 40 {
		app.Width = width - 1
	}
	if name == "dagger" {
		// As dagger, it looks upwards first; its own checkout is the second choice.
		if _, err := module.Find(dir); err == nil {
			app.ModuleDir = ""
		}
	}
	return app, nil
}
