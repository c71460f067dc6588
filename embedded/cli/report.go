package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"dagger/pipeline/embedded/report"
)

// savings is the command report: it prints what reuse saved in the last calls.
func (a *App) savings(ctx context.Context, o *options, args []string) error {
	var (
		calls  int
		format string
		output string
		left   string
	)
	extra := pflag.NewFlagSet("", pflag.ContinueOnError)
	extra.IntVar(&calls, "calls", 1, "How many of the last calls to report on")
	extra.StringVar(&format, "format", "text", "Form of the report: text, json, or html for a page")
	extra.StringVarP(&output, "output", "o", "", "Save the report to a file")
	extra.StringVar(&left, "results", "", "Directory with what the calls have left, for the page: reports/, plan/, artifact.zip")
	fs := flagSet(extra, o.common)
	fs.SetInterspersed(true)
	if err := fs.Parse(args); err != nil {
		return a.usage("report", err)
	}
	if o.help {
		fmt.Fprintf(a.Stdout, "Tell what reuse saved in the last calls: time spent, time saved, space\n\n%s\n  %s report [options]\n\n%s\n%s",
			heading("Usage"), a.Name, heading("Options"), extra.FlagUsagesWrapped(a.Width))
		return nil
	}
	if fs.NArg() > 0 {
		return a.usage("report", fmt.Errorf("unexpected argument %q", fs.Arg(0)))
	}
	if calls < 1 {
		return a.usage("report", errors.New("want at least one call in --calls"))
	}
	r, err := a.Report(ctx, calls)
	if err != nil {
		return err
	}
	if format == "html" {
		return a.page(ctx, o, r, left, output)
	}
	text, err := r.Format(format)
	if err != nil {
		return a.usage("report", err)
	}
	if output == "" {
		_, err = io.WriteString(a.Stdout, text)
		return err
	}
	if err := a.save(a.path(output), text); err != nil {
		return fmt.Errorf("saving the report: %w", err)
	}
	return nil
}

// page lets the module's own function make the page of the calls.
func (a *App) page(ctx context.Context, o *options, r report.Report, left, output string) error {
	if output == "" {
		return a.usage("report", errors.New("say with -o where to save the page"))
	}
	text, err := r.Format("json")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "pipeline-report-")
	if err != nil {
		return fmt.Errorf("making the page: %w", err)
	}
	defer os.RemoveAll(dir)
	calls := filepath.Join(dir, "calls.json")
	if err := os.WriteFile(calls, []byte(text), 0o600); err != nil {
		return fmt.Errorf("making the page: %w", err)
	}
	args := []string{"page", "--calls", calls}
	if left != "" {
		args = append(args, "--results", left)
	}
	return a.call(ctx, o, append(args, "file", "--path", "run.html", "-o", output))
}
