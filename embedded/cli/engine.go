package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/pflag"
)

// engine runs `engine build`, `engine status`, `engine stop` and `engine prune [--all]`.
func (a *App) engine(ctx context.Context, o *options, args []string) error {
	all := false
	extra := pflag.NewFlagSet("", pflag.ContinueOnError)
	extra.BoolVar(&all, "all", false, "Remove all that is not in use, whatever its age")
	fs := flagSet(extra, o.common)
	fs.SetInterspersed(true)
	if err := fs.Parse(args); err != nil {
		return a.usage("engine", err)
	}
	names := []string{"build", "status", "stop", "prune"}
	if o.help {
		fmt.Fprintf(a.Stdout, "Look after the embedded engine\n\n%s\n  %s engine build|status|stop|prune [options]\n\n%s\n"+
			"  build    Build it and the module, where that is not done, and start nothing\n"+
			"  status   Tell whether it runs, its version, address and size\n"+
			"  stop     Stop it, its cache stays\n"+
			"  prune    Remove what was not used for a week from its cache\n\n%s\n%s",
			heading("Usage"), a.Name, heading("Commands"), heading("Options"), extra.FlagUsagesWrapped(a.Width))
		return nil
	}
	if fs.NArg() != 1 {
		return a.usage("engine", fmt.Errorf("want one of build, status, stop, prune"))
	}
	switch name := fs.Arg(0); name {
	case "build":
		m, err := a.load(o)
		if err != nil {
			return err
		}
		if err := a.Engine.Build(ctx); err != nil {
			return err
		}
		_, err = a.Builder.Build(ctx, m)
		return err
	case "status":
		text, err := a.Engine.Status(ctx)
		if err == nil {
			_, err = io.WriteString(a.Stdout, text)
		}
		return err
	case "stop":
		return a.Engine.Stop(ctx)
	case "prune":
		freed, err := a.Engine.Prune(ctx, all)
		if err == nil {
			fmt.Fprintf(a.Stdout, "freed %s\n", Size(freed))
		}
		return err
	default:
		return a.usage("engine", unknown("command", name, a.Name+" engine", names))
	}
}

// Size writes a number of bytes with a unit.
func Size(n int64) string {
	value := float64(n)
	for _, unit := range []string{"B", "kB", "MB", "GB"} {
		if value < 1000 {
			return fmt.Sprintf("%.4g %s", value, unit)
		}
		value /= 1000
	}
	return fmt.Sprintf("%.4g TB", value)
}
