package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"
)

// savings is the command report: it prints what reuse saved in the last calls.
func (a *App) savings(ctx context.Context, o *options, args []string) error {
	var (
		calls  int
		format string
		output string
	)
	extra := pflag.NewFlagSet("", pflag.ContinueOnError)
	extra.IntVar(&calls, "calls", 1, "How many of the last calls to report on")
	extra.StringVar(&format, "format", "text", "Form of the report: text, json or svg")
	extra.StringVarP(&output, "output", "o", "", "Save the report to a file")
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
