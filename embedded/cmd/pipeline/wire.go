package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"dagger/pipeline/embedded/cli"
	"dagger/pipeline/embedded/daemon"
	"dagger/pipeline/embedded/report"
	"dagger/pipeline/embedded/session"
	"dagger/pipeline/embedded/trace"
)

// api describes the session server's types to the command line.
func api() cli.API {
	out := cli.API{}
	for name, t := range session.Types() {
		for _, f := range t.Fields {
			field := cli.Field{Name: f.Name, Doc: f.Doc, Returns: f.Returns}
			for _, a := range f.Args {
				field.Args = append(field.Args, cli.FieldArg{Name: a.Name, Doc: a.Doc, Type: a.Type, Default: a.Default})
			}
			out[name] = append(out[name], field)
		}
	}
	return out
}

// server makes the errors of a session server carry their details as Dagger's
// own do, and keeps what the session did for a report.
type server struct {
	*session.Server
	calls    report.Store
	function string
	started  time.Time
}

// page is the function that shows the records of the others: it is not recorded itself.
const page = "page"

// Close ends the session. A report that cannot be kept does not fail the call.
func (s server) Close(result error) error {
	err := s.Server.Close()
	steps := s.Steps()
	if steps == nil || s.function == page {
		return err
	}
	call := report.Call{Function: s.function, Started: s.started, Seconds: time.Since(s.started).Seconds(), Failed: result != nil}
	for _, step := range steps {
		if kind := kindOf(step); kind != "" {
			call.Steps = append(call.Steps, report.Step{
				Name: short(step.Name), Kind: kind, Work: step.Work, Start: max(0, step.Started.Sub(s.started).Seconds()), Seconds: step.Seconds,
				Cached: step.Cached, Failed: step.Error != "", Bytes: step.Bytes,
			})
		}
	}
	if kept := s.calls.Keep(call); kept != nil {
		fmt.Fprintln(os.Stderr, kept)
	}
	if trace.Wanted() {
		if sent := trace.Send(context.Background(), call, trace.Tests(s.Exported(), s.Scrubbed)); sent != nil {
			fmt.Fprintln(os.Stderr, "Warning:", sent)
		}
	}
	return err
}

// kindOf is a step's kind in a report, "" for one that reports leave out.
func kindOf(s session.Step) string {
	switch {
	case s.Exec:
		return report.Command
	case s.Service:
		return "service"
	case s.Pull:
		return "image"
	case s.Bytes > 0:
		return "transfer"
	}
	return ""
}

// short is the start of a command's name, which may be as long as a file.
func short(name string) string {
	name = strings.TrimPrefix(name, "[internal] ")
	if runes := []rune(name); len(runes) > 200 {
		return string(runes[:200]) + "..."
	}
	return name
}

// lastCalls reports on the last calls that were kept.
func lastCalls(calls report.Store) func(context.Context, int) (report.Report, error) {
	return func(ctx context.Context, n int) (report.Report, error) {
		last, err := calls.Last()
		if err != nil {
			return report.Report{}, err
		}
		var space *report.Space
		if info, err := daemon.Status(ctx); err == nil && info.Running {
			space = &report.Space{Bytes: info.CacheSize, Records: info.Records}
		}
		return report.Of(last, n, space, report.Version{Name: "Embedded engine", Value: "BuildKit " + buildkitVersion() + ", " + runtime.Version() + ", " + runtime.GOARCH}), nil
	}
}

type apiError struct{ cause *session.Error }

func (e apiError) Extensions() map[string]any { return e.cause.Extensions }
func (e apiError) Error() string              { return e.cause.Message }
func (e apiError) Unwrap() error              { return e.cause }

func (s server) Query(ctx context.Context, query string) (json.RawMessage, error) {
	data, err := s.Server.Query(ctx, query)
	var e *session.Error
	if errors.As(err, &e) {
		return nil, apiError{e}
	}
	return data, err
}

func (s server) Scrub(w io.Writer) io.WriteCloser {
	scrubbed := s.Server.Scrub(w)
	if c, ok := scrubbed.(io.WriteCloser); ok {
		return c
	}
	return unheld{scrubbed}
}

// unheld is a writer that buffers nothing.
type unheld struct{ io.Writer }

func (unheld) Close() error { return nil }

// newSession starts sessions whose relative paths start from dir. The shim lies
// beside this program unless PIPELINE_SHIM says otherwise.
func newSession(dir string, calls report.Store) func(cli.SessionOptions) cli.Session {
	return func(o cli.SessionOptions) cli.Session {
		shim := os.Getenv("PIPELINE_SHIM")
		if shim == "" {
			if self, err := os.Executable(); err == nil {
				shim = filepath.Join(filepath.Dir(self), "shim")
			}
		}
		return server{calls: calls, function: o.Function, started: time.Now(), Server: session.New(session.Options{
			Connect:     connect,
			Progress:    o.Progress,
			Stderr:      os.Stderr,
			Workdir:     dir,
			Shim:        shim,
			Summary:     os.Getenv("PIPELINE_SUMMARY"),
			CacheFrom:   o.CacheFrom,
			CacheTo:     o.CacheTo,
			HostNetwork: onHost(),
		})}
	}
}

// onHost reports whether the caller chose this machine's network for containers. An
// invalid choice fails in connect.
func onHost() bool {
	network, err := daemon.ChosenNetwork()
	return err == nil && network == daemon.Host
}

// connect finds or starts the engine, and says so when its containers are not isolated.
func connect(ctx context.Context) (string, error) {
	if _, err := daemon.ChosenNetwork(); err != nil {
		return "", err
	}
	if onHost() {
		fmt.Fprintln(os.Stderr, "the call's containers share this machine's network, its loopback with it: PIPELINE_NETWORK is host")
	}
	return daemon.Connect(ctx, os.Stderr)
}

// engine is the embedded daemon.
type engine struct{}

func (engine) Build(ctx context.Context) error { return daemon.Build(ctx, os.Stderr) }

func (engine) Status(ctx context.Context) (string, error) {
	info, err := daemon.Status(ctx)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if !info.Running {
		fmt.Fprintf(&b, "not running\naddress      %s\n", info.Address)
	} else {
		fmt.Fprintf(&b, "running\nversion      %s\naddress      %s\n", info.Version, info.Address)
	}
	if info.PID != 0 {
		fmt.Fprintf(&b, "pid          %d\n", info.PID)
	}
	if info.Running {
		fmt.Fprintf(&b, "snapshotter  %s\ncache        %s in %s\n", info.Snapshotter, cli.Size(info.CacheSize), report.Count(info.Records, "record"))
	}
	for _, line := range []struct{ name, value string }{{"state", info.State}, {"log", info.Log}} {
		if line.value != "" {
			fmt.Fprintf(&b, "%-12s %s\n", line.name, line.value)
		}
	}
	return b.String(), nil
}

func (engine) Stop(ctx context.Context) error { return daemon.Stop(ctx) }

func (engine) Prune(ctx context.Context, all bool) (int64, error) { return daemon.Prune(ctx, all) }

// buildkitVersion is the version of BuildKit that this program was built with.
func buildkitVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == "github.com/moby/buildkit" {
				return d.Version
			}
		}
	}
	return "unknown"
}
