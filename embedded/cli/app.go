// Package cli is the command line of the pipeline: the part of `dagger call`
// and `dagger functions` that a module needs, with the same arguments, output
// and exit codes.
package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"dagger/pipeline/embedded/module"
	"dagger/pipeline/embedded/report"
)

// App is the command line with everything that it uses outside of this package.
type App struct {
	Name      string // as the user calls it, such as pipeline
	Version   string // what `version` says
	Dir       string // working directory
	ModuleDir string // the module where -m gives none; empty: look upwards from Dir
	Stdout    io.Writer
	Stderr    io.Writer
	LookupEnv func(name string) (string, bool)
	Terminal  bool // Stdout is a terminal
	Width     int  // of the help, in columns

	API        API
	NewSession func(SessionOptions) Session
	Engine     Engine
	// Report says what reuse saved in the last calls.
	Report  func(ctx context.Context, calls int) (report.Report, error)
	Builder module.Builder
	// WriteBindings generates the bindings into the module's directory.
	WriteBindings func(ctx context.Context, m *module.Module) error
}

// Session is what a call needs of the session server.
type Session interface {
	// Serve starts to serve the module's program, and returns the socket for it to
	// inherit. Through it, the program cannot reach anything on this machine.
	Serve() (*os.File, error)
	// Query runs a GraphQL query and returns its data. An error of an exec has
	// a method Extensions with Dagger's details.
	Query(ctx context.Context, query string) (json.RawMessage, error)
	// Interrupt asks the running execs to stop.
	Interrupt()
	// Kill ends the running execs at once.
	Kill()
	// Scrub returns a writer that removes the values of the session's secrets.
	Scrub(w io.Writer) io.WriteCloser
	// Close ends the session of a call that ended with result.
	Close(result error) error
}

// Engine is what the `engine` commands work on.
type Engine interface {
	Build(ctx context.Context) error
	Status(ctx context.Context) (string, error)
	Stop(ctx context.Context) error
	Prune(ctx context.Context, all bool) (freed int64, err error)
}

const callShort = "Call one or more functions, interconnected into a pipeline"

// A command is named first. Its arguments follow.
type command struct {
	name, use, short string
	run              func(a *App, ctx context.Context, o *options, args []string) error
}

func commands() []command {
	return []command{
		{"call", "call [options] <function>", callShort, (*App).call},
		{"report", "report [--calls N] [--format text|json|html]", "Tell what reuse saved in the last call", (*App).savings},
		{"functions", "functions [options] [function]...", "List available functions", (*App).functions},
		{"engine", "engine status|stop|prune [--all]", "Look after the embedded engine", (*App).engine},
		{"bindings", "bindings [options]", "Generate the module's Go bindings", (*App).bindings},
		{"version", "version", "Print version", (*App).version},
	}
}

// Run runs one command and returns the exit code.
func (a *App) Run(ctx context.Context, args []string) int {
	return a.report(a.run(ctx, args))
}

func (a *App) run(ctx context.Context, args []string) error {
	o := newOptions()
	fs := flagSet(o.common)
	if err := fs.Parse(args); err != nil {
		return a.usage("", err)
	}
	if fs.NArg() == 0 {
		a.help()
		return nil
	}
	name := fs.Arg(0)
	if name == "help" {
		a.help()
		return nil
	}
	for _, c := range commands() {
		if c.name != name {
			continue
		}
		if o.help {
			fmt.Fprintf(a.Stdout, "%s\n\n%s\n  %s %s\n", c.short, heading("Usage"), a.Name, c.use)
			return nil
		}
		return c.run(a, ctx, o, fs.Args()[1:])
	}
	return a.usage("", unknown("command", name, a.Name, commandNames()))
}

func commandNames() []string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}

func (a *App) help() {
	fmt.Fprintf(a.Stdout, "Test, package and deploy with a pipeline of containers\n\n%s\n  %s [options] [command]\n\n%s\n",
		heading("Usage"), a.Name, heading("Commands"))
	for _, c := range commands() {
		fmt.Fprintf(a.Stdout, "  %-11s %s\n", c.name, c.short)
	}
	fmt.Fprintf(a.Stdout, "\n%s\n%s\nUse %q for more information about a command.\n",
		heading("Options"), newOptions().common.FlagUsagesWrapped(a.Width), a.Name+" [command] --help")
}

func (a *App) version(_ context.Context, _ *options, _ []string) error {
	fmt.Fprintf(a.Stdout, "%s %s\n", a.Name, a.Version)
	return nil
}

func (a *App) bindings(ctx context.Context, o *options, args []string) error {
	if rest, err := a.plain(o, "bindings", args); err != nil || o.help {
		return err
	} else if len(rest) > 0 {
		return a.usage("bindings", fmt.Errorf("unexpected argument %q", rest[0]))
	}
	m, err := a.load(o)
	if err != nil {
		return err
	}
	return a.WriteBindings(ctx, m)
}

// plain parses the options of a command without functions, and answers --help.
func (a *App) plain(o *options, name string, args []string) ([]string, error) {
	fs := flagSet(o.common)
	fs.SetInterspersed(true)
	if err := fs.Parse(args); err != nil {
		return nil, a.usage(name, err)
	}
	if o.help {
		for _, c := range commands() {
			if c.name == name {
				fmt.Fprintf(a.Stdout, "%s\n\n%s\n  %s %s\n\n%s\n%s", c.short, heading("Usage"), a.Name, c.use,
					heading("Options"), o.common.FlagUsagesWrapped(a.Width))
			}
		}
	}
	return fs.Args(), nil
}
